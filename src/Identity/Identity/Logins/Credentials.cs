using Jangteo.Identity.Members;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Identity.Logins;

/// <summary>What checking an address and a password came to: a member, or how long to wait, or neither.</summary>
sealed record CredentialCheck(Member? Member, TimeSpan Wait)
{
    public static readonly CredentialCheck Wrong = new(null, TimeSpan.Zero);

    public ProblemHttpResult Refusal(HttpContext http)
    {
        if (Wait <= TimeSpan.Zero) return Problems.Of(401, "wrong-credentials", "The e-mail address or the password is not right.");
        var seconds = (int)Math.Ceiling(Wait.TotalSeconds);
        http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problems.Of(429, "too-many-attempts", "Too many attempts: wait a while, or reset the password.", ("retryAfterSeconds", seconds));
    }
}

/// <summary>
/// Checks an address and a password, the one way for the API and the pages. Attempts are limited per account and client
/// address, per client address, and slowly per account; a device that has logged in before has a limit of its own and is
/// touched by no other, so that a stranger's guesses never lock the owner out, nor do they count for whose token says who
/// they are. Unknown accounts are counted and timed alike.
/// </summary>
sealed class Credentials(IdentityDb db, Passwords passwords, IOptions<IdentityOptions> options, TimeProvider time)
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public async Task<CredentialCheck> Check(string email, string password, HttpContext http, CancellationToken ct)
    {
        var visitor = Visitor.Of(http);
        var key = Member.KeyOf(email);
        var member = await db.Members.FirstOrDefaultAsync(m => m.EmailKey == key, ct);
        var device = member is null || visitor.DeviceHash is null ? null
            : await db.Devices.FirstOrDefaultAsync(d => d.Hash == visitor.DeviceHash && d.MemberId == member.Id, ct);
        var check = await Verify(member, password, LimitsOf(MailedToken.HashOf(key), visitor, device), ct);
        if (check.Member is not null) await Remember(check.Member, device, http, ct);
        return check;
    }

    /// <summary>Checks the password of a member whose token says who they are, for what the token alone is not enough.</summary>
    public Task<CredentialCheck> CheckAgain(Member member, string password, CancellationToken ct) =>
        Verify(member, password, [new($"again {member.Id}", 5, Minute / 2, 60 * Minute, Day)], ct);

    async Task<CredentialCheck> Verify(Member? member, string password, List<AttemptLimit> limits, CancellationToken ct)
    {
        var wait = await Attempts.Take(db, limits, time.GetUtcNow(), ct);
        if (wait > TimeSpan.Zero) return new(null, wait);

        var verified = await passwords.Verify(member?.PasswordHash, password, ct);
        if (member is null || verified == PasswordVerificationResult.Failed || member.GraceEndsAt <= time.GetUtcNow()) return CredentialCheck.Wrong;
        await Attempts.GiveBack(db, limits, ct);
        if (verified == PasswordVerificationResult.SuccessRehashNeeded) member.PasswordHash = await passwords.Hash(password, ct);
        return new(member, TimeSpan.Zero);
    }

    List<AttemptLimit> LimitsOf(string account, Visitor visitor, KnownDevice? device) => device is not null
        ? [new($"device {device.Hash}", 10, Minute / 2, 15 * Minute, Day)]
        :
        [
            new($"pair {account} {visitor.Address}", 5, Minute / 2, 60 * Minute, Day),
            new($"address {visitor.Address}", options.Value.FailuresPerAddress, Minute, 60 * Minute, Day),
            new($"account {account}", options.Value.FailuresPerAccount, 5 * Minute, Day / 4, Day),
        ];

    /// <summary>The device counts as known from now on; saved with the session that the caller starts.</summary>
    public async Task Remember(Member member, KnownDevice? device, HttpContext http, CancellationToken ct)
    {
        if (device is not null)
        {
            device.SeenAt = time.GetUtcNow();
            return;
        }
        // A program that never sends its cookie back is a new device each time.
        var oldest = await db.Devices.Where(d => d.MemberId == member.Id).OrderByDescending(d => d.SeenAt).Skip(KnownDevice.MaxPerMember - 1).Select(d => d.Hash).ToListAsync(ct);
        if (oldest.Count > 0) await db.Unit(() => db.Devices.Where(d => oldest.Contains(d.Hash)).ExecuteDeleteAsync(ct), ct);
        AddDevice(member, http);
    }

    /// <summary>Adds the device to the known ones without looking at the others; saved by the caller.</summary>
    public void AddDevice(Member member, HttpContext http) => db.Add(new KnownDevice { Hash = Visitor.Remember(http), MemberId = member.Id, SeenAt = time.GetUtcNow() });
}
