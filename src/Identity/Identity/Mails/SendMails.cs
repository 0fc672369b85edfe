using System.Globalization;
using System.Net;
using System.Text;
using Jangteo.Platform;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Jangteo.Identity.Mails;

/// <summary>
/// Sends queued mails to the configured SMTP server, or writes them as files. A mail is claimed before it is sent, so that
/// replicas do not send it twice; a process that dies in between leaves it to be tried again.
/// </summary>
sealed class SendMails(IServiceScopeFactory scopes, IOptions<MailOptions> options, IDataProtectionProvider protection, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SendMails> log)
    : BackgroundService
{
    const int BatchSize = 20;
    const int MaxTries = 12;
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan ClaimFor = TimeSpan.FromMinutes(2);
    static readonly TimeSpan SmtpTimeout = TimeSpan.FromSeconds(20);

    readonly IDataProtector _links = protection.CreateProtector(Post.Purpose);

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        await lifetime.Started(ct);
        while (!ct.IsCancellationRequested)
        {
            var sent = 0;
            try
            {
                sent = await SendDue(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Mails wait: {Reason}", e.Message);
            }
            if (sent < BatchSize) await Task.Delay(Poll, ct);
        }
    }

    async Task<int> SendDue(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var now = time.GetUtcNow();
        var due = await Claim(db, now, ct);
        foreach (var mail in due) await Send(db.Store.DataFolder, mail, ct);
        if (due.Count > 0) await db.Unit(() => WriteDown(db, due, ct), ct);
        return due.Count;
    }

    static async Task<List<Mail>> Claim(IdentityDb db, DateTimeOffset now, CancellationToken ct)
    {
        var due = await db.Mails.AsNoTracking().Where(m => m.NextTryAt <= now).OrderBy(m => m.NextTryAt).Take(BatchSize).ToListAsync(ct);
        if (due.Count == 0) return due;
        var claimed = new List<Mail>();
        await db.Unit(async () =>
        {
            foreach (var mail in due)
                if (await db.Execute($"""UPDATE mails SET "NextTryAt" = {now + ClaimFor} WHERE "Id" = {mail.Id} AND "NextTryAt" = {mail.NextTryAt}""", ct) == 1) claimed.Add(mail);
        }, ct);
        return claimed;
    }

    async Task Send(string dataFolder, Mail mail, CancellationToken ct)
    {
        mail.Tries++;
        try
        {
            using var message = Written(mail);
            if (options.Value.Smtp is { } server)
            {
                await Transmit(server, message, ct);
                (mail.Status, mail.ProtectedLink) = (MailStatus.Sent, null);
            }
            else
            {
                await WriteFile(dataFolder, mail, message, ct);
                mail.Status = MailStatus.File;
            }
            (mail.NextTryAt, mail.Error) = (null, null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            mail.Error = e.Message;
            mail.NextTryAt = mail.Tries < MaxTries ? time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(15 << mail.Tries, 3600)) : null;
            if (mail.NextTryAt is null) mail.Status = MailStatus.Failed;
            log.LogWarning("Mail {Id} was not sent, try {Try}: {Reason}", mail.Id, mail.Tries, e.Message);
        }
    }

    static async Task WriteDown(IdentityDb db, List<Mail> tried, CancellationToken ct)
    {
        foreach (var mail in tried)
        {
            var known = await db.Execute($"""
                UPDATE mails SET "Status" = {(int)mail.Status}, "ProtectedLink" = {mail.ProtectedLink}, "Tries" = {mail.Tries}, "NextTryAt" = {mail.NextTryAt}, "Error" = {mail.Error}
                WHERE "Id" = {mail.Id}
                """, ct);
            // Its member was erased while it was under way.
            if (known == 0) DeleteFile(db.Store.DataFolder, mail.Id, mail.At);
        }
    }

    static async Task Transmit(Uri server, MimeMessage message, CancellationToken ct)
    {
        using var smtp = new SmtpClient { Timeout = (int)SmtpTimeout.TotalMilliseconds };
        var security = server.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTlsWhenAvailable;
        await smtp.ConnectAsync(server.Host, server.Port > 0 ? server.Port : server.Scheme == "smtps" ? 465 : 25, security, ct);
        if (server.UserInfo.Split(':', 2) is [var user, var password])
            await smtp.AuthenticateAsync(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password), ct);
        await smtp.SendAsync(message, ct);
        await smtp.DisconnectAsync(quit: true, ct);
    }

    static async Task WriteFile(string dataFolder, Mail mail, MimeMessage message, CancellationToken ct)
    {
        var file = FileOf(dataFolder, mail.Id, mail.At);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var written = new MemoryStream();
        await message.WriteToAsync(written, ct);
        await File.WriteAllBytesAsync(file + ".new", written.ToArray(), ct);
        File.Move(file + ".new", file, overwrite: true);
    }

    static string FileOf(string dataFolder, Guid id, DateTimeOffset at) => Path.Combine(dataFolder, "mails", $"{TimeOf(at)}-{id:N}.eml");

    static string TimeOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    /// <summary>Deletes a mail's file, where there is one: a mail that a server took has none.</summary>
    public static void DeleteFile(string dataFolder, Guid id, DateTimeOffset at)
    {
        if (FileOf(dataFolder, id, at) is var file && File.Exists(file)) File.Delete(file);
    }

    /// <summary>Deletes the files of all mails before a time, by their names: also those whose mails are gone.</summary>
    public static void DeleteFiles(string dataFolder, DateTimeOffset before)
    {
        var (folder, until) = (Path.Combine(dataFolder, "mails"), TimeOf(before));
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder))
            if (string.CompareOrdinal(Path.GetFileName(file), until) < 0) File.Delete(file);
    }

    MimeMessage Written(Mail mail)
    {
        var message = new MimeMessage { Subject = mail.Subject, Date = mail.At, MessageId = $"{mail.Id:N}@jangteo" };
        message.From.Add(MailboxAddress.Parse(options.Value.From));
        message.To.Add(MailboxAddress.Parse(mail.To));
        var link = mail.ProtectedLink is null ? "" : _links.Unprotect(mail.ProtectedLink);
        message.Body = new BodyBuilder { TextBody = mail.Text.Replace(Mail.LinkMark, link, StringComparison.Ordinal), HtmlBody = HtmlOf(mail, link) }.ToMessageBody();
        return message;
    }

    static string HtmlOf(Mail mail, string link)
    {
        var href = WebUtility.HtmlEncode(link);
        var html = new StringBuilder("<div style=\"font-family:sans-serif;max-width:34rem;margin:2rem auto;padding:2rem;line-height:1.6;color:#1c1a18;border:1px solid #e7e3dd;border-radius:12px\">");
        foreach (var paragraph in mail.Text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            html.Append(paragraph.Trim() == Mail.LinkMark
                ? $"<p><a style=\"color:#a52b10;font-weight:bold;word-break:break-all\" href=\"{href}\">{href}</a></p>"
                : $"<p>{WebUtility.HtmlEncode(paragraph.Trim()).Replace("\n", "<br>", StringComparison.Ordinal)}</p>");
        return html.Append("</div>").ToString();
    }
}
