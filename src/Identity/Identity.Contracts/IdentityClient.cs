using Jangteo.Platform;

namespace Jangteo.Identity.Contracts;

/// <summary>A consent given at sign-up; stored with its time and version.</summary>
/// <param name="Name">"terms", "privacy" and "age-14" are required, "marketing" is optional.</param>
/// <param name="Version">The version of the text that was shown, for example "2026-11-01".</param>
public sealed record Consent(string Name, string Version, bool Given);

/// <summary>Sign-up.</summary>
/// <param name="Password">10–128 characters, not a known breached one.</param>
/// <param name="Name">1–50 characters.</param>
/// <param name="Language">"ko" or "en", for mails.</param>
public sealed record SignUp(string Email, string Password, string Name, IReadOnlyList<Consent> Consents, string Language = "ko");

/// <summary>A new member. The mail with the verification link is on its way.</summary>
public sealed record SignedUp(Guid MemberId, string Email, bool VerificationMailSent);

/// <summary>First-party login.</summary>
public sealed record Login(string Email, string Password);

/// <summary>Tokens of a session. A refresh token works once; using it again ends the session.</summary>
public sealed record Tokens(string AccessToken, string RefreshToken, int ExpiresIn);

/// <summary>A refresh token to trade in, or to log out.</summary>
public sealed record RefreshTokenBody(string RefreshToken);

/// <summary>A delivery address of a member.</summary>
public sealed record Address(Guid Id, string Label, string Name, string Phone, string PostalCode, string Address1, string Address2, bool IsDefault);

/// <summary>What a member's record may hold.</summary>
public static class MemberLimits
{
    /// <summary>The most delivery addresses.</summary>
    public const int Addresses = 20;
}

/// <summary>The member's own record.</summary>
/// <param name="GraceEndsAt">Set while a withdrawal can be undone.</param>
public sealed record Me(Guid Id, string Email, bool EmailVerified, string Name, string Language, bool IsStaff, DateTimeOffset MemberSince,
    IReadOnlyList<ConsentRecord> Consents, IReadOnlyList<Address> Addresses, DateTimeOffset? GraceEndsAt);

/// <summary>A stored consent.</summary>
public sealed record ConsentRecord(string Name, string Version, bool Given, DateTimeOffset At);

/// <summary>A change of one's own record; null leaves a field as it is. Addresses are replaced as a whole, at most 20.</summary>
public sealed record MeChange(string? Name = null, string? Language = null, IReadOnlyList<Address>? Addresses = null, bool? MarketingConsent = null);

/// <summary>Re-authentication for a withdrawal.</summary>
public sealed record Withdrawal(string Password, string? Reason = null);

/// <summary>The token of a verification mail.</summary>
public sealed record Verification(string Token);

/// <summary>A session of the member.</summary>
public sealed record Session(Guid Id, string Device, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt);

/// <summary>A member as staff see one.</summary>
public sealed record MemberSummary(Guid Id, string Email, string Name, bool EmailVerified, bool IsStaff, string Status, DateTimeOffset MemberSince);

/// <summary>A mail that was sent, or written as a file when no SMTP server is configured.</summary>
public sealed record MailView(Guid Id, string To, string Subject, string TextBody, DateTimeOffset At, string Status);

/// <summary>Asks Identity.</summary>
public sealed class IdentityClient(HttpClient http)
{
    /// <summary>POST /api/identity/members → 201.</summary>
    public Task<Answer<SignedUp>> SignUp(SignUp signUp, CancellationToken ct = default) => http.Ask<SignedUp>(HttpMethod.Post, "/api/identity/members", signUp, ct);

    /// <summary>POST /api/identity/verifications: proves the address with the mailed token.</summary>
    public Task<Answer<Nothing>> Verify(string token, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Post, "/api/identity/verifications", new Verification(token), ct);

    /// <summary>POST /api/identity/me/verification-mail: sends it again.</summary>
    public Task<Answer<Nothing>> ResendVerification(CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Post, "/api/identity/me/verification-mail", null, ct);

    /// <summary>POST /api/identity/login.</summary>
    public Task<Answer<Tokens>> Login(Login login, CancellationToken ct = default) => http.Ask<Tokens>(HttpMethod.Post, "/api/identity/login", login, ct);

    /// <summary>POST /api/identity/refresh.</summary>
    public Task<Answer<Tokens>> Refresh(string refreshToken, CancellationToken ct = default) => http.Ask<Tokens>(HttpMethod.Post, "/api/identity/refresh", new RefreshTokenBody(refreshToken), ct);

    /// <summary>POST /api/identity/logout.</summary>
    public Task<Answer<Nothing>> Logout(string refreshToken, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Post, "/api/identity/logout", new RefreshTokenBody(refreshToken), ct);

    /// <summary>GET /api/identity/me.</summary>
    public Task<Answer<Me>> Me(CancellationToken ct = default) => http.Ask<Me>(HttpMethod.Get, "/api/identity/me", null, ct);

    /// <summary>PATCH /api/identity/me.</summary>
    public Task<Answer<Me>> Change(MeChange change, CancellationToken ct = default) => http.Ask<Me>(HttpMethod.Patch, "/api/identity/me", change, ct);

    /// <summary>GET /api/identity/me/sessions.</summary>
    public Task<Answer<IReadOnlyList<Session>>> Sessions(CancellationToken ct = default) => http.Ask<IReadOnlyList<Session>>(HttpMethod.Get, "/api/identity/me/sessions", null, ct);

    /// <summary>DELETE /api/identity/me/sessions/{id}.</summary>
    public Task<Answer<Nothing>> EndSession(Guid id, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Delete, $"/api/identity/me/sessions/{id}", null, ct);

    /// <summary>POST /api/identity/me/withdrawal.</summary>
    public Task<Answer<Me>> Withdraw(Withdrawal withdrawal, CancellationToken ct = default) => http.Ask<Me>(HttpMethod.Post, "/api/identity/me/withdrawal", withdrawal, ct);

    /// <summary>DELETE /api/identity/me/withdrawal: undo within the grace period.</summary>
    public Task<Answer<Me>> UndoWithdrawal(CancellationToken ct = default) => http.Ask<Me>(HttpMethod.Delete, "/api/identity/me/withdrawal", null, ct);

    /// <summary>GET /api/identity/members?search=: staff.</summary>
    public Task<Answer<Page<MemberSummary>>> Members(string? search = null, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<MemberSummary>>(HttpMethod.Get, Calls.Query("/api/identity/members", ("search", search), ("after", after), ("limit", limit)), null, ct);

    /// <summary>GET /api/identity/mails: newest first; staff.</summary>
    public Task<Answer<Page<MailView>>> Mails(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<MailView>>(HttpMethod.Get, Calls.Query("/api/identity/mails", ("after", after), ("limit", limit)), null, ct);
}
