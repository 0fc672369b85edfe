using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Jangteo.Identity.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Pages;

/// <summary>/identity/forgot mails a link, /identity/reset?token= takes the new password, ends all sessions and knows the device again.</summary>
static class PasswordForms
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/forgot", (HttpContext http) => Page.Show<ForgotPage>(http, Page.Of(http)));
        pages.MapPost("/forgot", Forgot);
        pages.MapGet("/reset", (HttpContext http) => Page.Show<ResetPage>(http, Page.Of(http), new() { ["Token"] = http.Request.Query["token"].ToString() }));
        pages.MapPost("/reset", Reset);
    }

    static async Task<IResult> Forgot(HttpContext http, IdentityDb db, Post post, TimeProvider time, CancellationToken ct)
    {
        var (page, now) = (Page.Of(http), time.GetUtcNow());
        var key = Member.KeyOf((await http.Request.ReadFormAsync(ct))["email"].ToString());
        // Known or not, limited or not: the answer is the same.
        if (key.Length <= 254 && await Attempts.Take(db, LimitsOf(MailedToken.HashOf(key), Visitor.Of(http).Address), now, ct) == TimeSpan.Zero && await db.Members.FirstOrDefaultAsync(m => m.EmailKey == key, ct) is { } member)
        {
            var (row, token) = MailedToken.New(member.Id, MailedPurpose.ResetPassword, now);
            db.Add(row);
            post.PasswordReset(member, token);
            await db.SaveChangesAsync(ct);
        }
        return Page.Tell(http, page, page.Say("메일을 확인해 주세요", "Look into your mail"),
            page.Say("그 주소로 가입한 계정이 있으면 링크를 보냈습니다. 링크는 1시간 동안 쓸 수 있습니다.", "If there is an account with that address, a link is on its way. It works for one hour."), "good",
            (page.To("/identity/login"), page.Say("로그인으로 돌아가기", "Back to log in")));
    }

    // A stranger's requests do not use up the owner's, and all together flood no mailbox. For an account nobody waits longer
    // than a link works: who is refused has one in the mailbox that does.
    static AttemptLimit[] LimitsOf(string account, string address) =>
    [
        new($"forgot {account} {address}", 3, Hour / 6, MailedToken.ResetFor, 24 * Hour),
        new($"forgot {account}", 20, Hour / 12, MailedToken.ResetFor, 24 * Hour),
        new($"forgot {address}", 30, Hour / 60, Hour, Hour),
    ];

    static async Task<IResult> Reset(HttpContext http, IdentityDb db, Passwords passwords, Credentials credentials, Post post, TimeProvider time, CancellationToken ct)
    {
        var (page, now, form) = (Page.Of(http), time.GetUtcNow(), await http.Request.ReadFormAsync(ct));
        var (token, password) = (form["token"].ToString(), form["password"].ToString());
        if (await MailedToken.Find(db, token, MailedPurpose.ResetPassword, now, ct) is not { } row || await db.Members.FirstOrDefaultAsync(m => m.Id == row.MemberId, ct) is not { } member) return DeadLink(http, page);
        if (MemberRules.PasswordComplaint(password, member.EmailKey) is { } complaint)
            return Page.Show<ResetPage>(http, page, new() { ["Token"] = token, ["Error"] = complaint }, 400);

        var (hash, replaced) = (await passwords.Hash(password, ct), false);
        await db.Unit(async () =>
        {
            // While that was hashed, whoever stole a token may have changed the record: it keeps its owner from nothing.
            await db.Lock(member, ct);
            if (await MailedToken.Find(db, token, MailedPurpose.ResetPassword, now, ct) is null) return;
            await Replace(db, member, row, hash, now, ct);
            credentials.AddDevice(member, http);
            post.PasswordChanged(member);
            await db.SaveChangesAsync(ct);
            replaced = true;
        }, ct);
        if (!replaced) return DeadLink(http, page);
        return Page.Tell(http, page, page.Say("비밀번호가 변경되었습니다", "Your password is changed"), page.Say("새 비밀번호로 로그인해 주세요.", "Log in with the new password."), "good",
            (page.To("/identity/login"), page.Say("로그인", "Log in")));
    }

    static async Task Replace(IdentityDb db, Member member, MailedToken used, string hash, DateTimeOffset now, CancellationToken ct)
    {
        used.UsedAt = now;
        // Who reads the mail owns the address.
        (member.PasswordHash, member.EmailVerifiedAt) = (hash, member.EmailVerifiedAt ?? now);
        await Sessions.EndAll(db, member, now, ct);
        await db.Devices.Where(d => d.MemberId == member.Id).ExecuteDeleteAsync(ct);
        // Whoever asked for a link before may have it in the wrong hands.
        await db.MailedTokens.Where(t => t.MemberId == member.Id && t.Purpose == MailedPurpose.ResetPassword && t.UsedAt == null && t.Hash != used.Hash).ExecuteDeleteAsync(ct);
    }

    static IResult DeadLink(HttpContext http, Page page) => Page.Tell(http, page, page.Say("쓸 수 없는 링크입니다", "This link does not work"),
        page.Say("이미 쓴 링크이거나 1시간이 지났습니다.", "It was used before, or is older than an hour."), "bad", (page.To("/identity/forgot"), page.Say("새 링크 받기", "Get a new link")), 409);
}
