using System.Net.Mail;
using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;

namespace Jangteo.Identity.Members;

/// <summary>What a member's record may hold: every complaint by the field it is about, as a stable code that <see cref="Texts"/> words.</summary>
static class MemberRules
{
    public const int MinPasswordLength = 10;
    public const int MaxPasswordLength = 128;
    public const string CurrentConsentVersion = "2026-11-01";

    /// <summary>The terms of use, the privacy notice (Personal Information Protection Act, article 15) and being 14 or older (article 22-2) are required.</summary>
    public static readonly string[] RequiredConsents = ["terms", "privacy", "age-14"];
    public static readonly string[] OptionalConsents = ["marketing"];

    public static Dictionary<string, string> Check(SignUp signUp)
    {
        var complaints = new Dictionary<string, string>();
        if (!IsEmail(signUp.Email)) complaints["email"] = "email-invalid";
        if (PasswordComplaint(signUp.Password, Member.KeyOf(signUp.Email)) is { } password) complaints["password"] = password;
        if (!IsName(signUp.Name)) complaints["name"] = "name-invalid";
        if (signUp.Language is not ("ko" or "en")) complaints["language"] = "language-invalid";
        if (ConsentComplaint(signUp.Consents) is { } consents) complaints["consents"] = consents;
        return complaints;
    }

    public static Dictionary<string, string> Check(MeChange change)
    {
        var complaints = new Dictionary<string, string>();
        if (change.Name is { } name && !IsName(name)) complaints["name"] = "name-invalid";
        if (change.Language is not (null or "ko" or "en")) complaints["language"] = "language-invalid";
        if (change.Addresses is not { } addresses) return complaints;
        if (addresses.Count > MemberLimits.Addresses) complaints["addresses"] = "addresses-too-many";
        else if (addresses.Count(a => a is { IsDefault: true }) > 1) complaints["addresses"] = "addresses-one-default";
        else if (addresses.Where(a => a is not null && a.Id != Guid.Empty).GroupBy(a => a.Id).Any(g => g.Count() > 1)) complaints["addresses"] = "addresses-same-id";
        else for (var i = 0; i < addresses.Count; i++) CheckAddress(addresses[i], $"addresses[{i}]", complaints);
        return complaints;
    }

    public static string? PasswordComplaint(string password, string emailKey) => password.Length switch
    {
        < MinPasswordLength => "password-too-short",
        > MaxPasswordLength => "password-too-long",
        _ => CommonPasswords.Has(password, emailKey) ? "password-common" : null,
    };

    static bool IsEmail(string email)
    {
        email = email.Trim();
        return email.Length is >= 3 and <= 254 && !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            && MailAddress.TryCreate(email, out var address) && address.Address == email && address.Host.Contains('.');
    }

    static bool IsName(string name) => name.Trim().Length is >= 1 and <= 50 && !name.Any(char.IsControl);

    static string? ConsentComplaint(IReadOnlyList<Consent> consents)
    {
        if (consents.Count > 10 || consents.Any(c => c is null || c.Version.Length is 0 or > 20 || c.Version.Any(char.IsControl))) return "consents-invalid";
        if (consents.GroupBy(c => c.Name).Any(g => g.Count() > 1)) return "consents-invalid";
        if (consents.Any(c => !RequiredConsents.Contains(c.Name) && !OptionalConsents.Contains(c.Name))) return "consents-unknown";
        return RequiredConsents.All(name => consents.Any(c => c.Name == name && c.Given)) ? null : "consents-required";
    }

    static void CheckAddress(Address? address, string field, Dictionary<string, string> complaints)
    {
        if (address is null) { complaints[field] = "required"; return; }
        (string Field, string Value, int Least, int Most)[] lengths =
            [("label", address.Label, 0, 30), ("name", address.Name, 1, 50), ("phone", address.Phone, 8, 20), ("postalCode", address.PostalCode, 3, 10), ("address1", address.Address1, 1, 200), ("address2", address.Address2, 0, 200)];
        foreach (var (name, value, least, most) in lengths)
            if (value.Trim().Length < least || value.Length > most || value.Any(char.IsControl)) complaints[$"{field}.{name}"] = "length-invalid";
        if (!address.Phone.All(c => char.IsAsciiDigit(c) || c is '-' or '+' or ' ')) complaints[$"{field}.phone"] = "phone-invalid";
        if (!address.PostalCode.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ' ')) complaints[$"{field}.postalCode"] = "postal-code-invalid";
    }
}
