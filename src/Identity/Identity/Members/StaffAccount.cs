using System.Security.Cryptography;
using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Tokens;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Identity.Members;

/// <summary>Makes the first staff account, and warms the keys, as soon as the mall answers: neither may delay the first page.</summary>
sealed class StaffAccount(IServiceScopeFactory scopes, IOptions<IdentityOptions> options, Passwords passwords, Keys keys, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<StaffAccount> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        await lifetime.Started(ct);
        for (var pause = 1; ; pause = Math.Min(pause * 2, 60))
        {
            try
            {
                await keys.Get(ct);
                await MakeWhereMissing(ct);
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("The staff account waits: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(pause), ct);
            }
        }
    }

    async Task MakeWhereMissing(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        if (await db.Members.AnyAsync(m => m.IsStaff, ct)) return;
        var password = options.Value.Staff.Password ?? RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 16);
        var (email, now) = (options.Value.Staff.Email, time.GetUtcNow());
        const string name = "Staff";
        db.Add(new Member
        {
            Id = Guid.CreateVersion7(), Email = email, EmailKey = Member.KeyOf(email), EmailVerifiedAt = now, PasswordHash = await passwords.Hash(password, ct), Name = name,
            Language = "ko", IsStaff = true, MemberSince = now, Stamp = Guid.NewGuid(), SearchText = Member.SearchTextOf(email, name),
        });
        var file = Path.Combine(db.Store.DataFolder, "staff-password.txt");
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (IdentityDb.IsDuplicate(e))
        {
            // Another replica was first; the file is on its machine.
            return;
        }
        if (options.Value.Staff.Password is not null) return;
        await WriteSecret(file, $"{email}\n{password}\n", ct);
        log.LogInformation("Staff account {Email}: its password is in {File}", email, file);
    }

    static async Task WriteSecret(string file, string text, CancellationToken ct)
    {
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, how);
        await writer.WriteAsync(text.AsMemory(), ct);
    }
}
