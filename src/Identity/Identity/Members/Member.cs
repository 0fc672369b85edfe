using Jangteo.Identity.Contracts;

namespace Jangteo.Identity.Members;

/// <summary>A member: who they are, what they agreed to, where they get parcels.</summary>
sealed class Member
{
    public Guid Id { get; init; }
    public required string Email { get; set; }

    /// <summary>The address as it is compared: trimmed, lower case.</summary>
    public required string EmailKey { get; set; }
    public DateTimeOffset? EmailVerifiedAt { get; set; }
    public required string PasswordHash { get; set; }
    public required string Name { get; set; }
    public required string Language { get; set; }
    public bool IsStaff { get; init; }
    public DateTimeOffset MemberSince { get; init; }
    public DateTimeOffset? WithdrawnAt { get; set; }
    public DateTimeOffset? GraceEndsAt { get; set; }
    public string? WithdrawalReason { get; set; }

    /// <summary>Changes when all logins must end: the pages' own login cookie carries it.</summary>
    public Guid Stamp { get; set; }

    /// <summary>Address and name in lower case: LIKE differs in case between the databases.</summary>
    public required string SearchText { get; set; }
    public int Version { get; set; }

    /// <summary>Append-only: the newest record of a name is what holds.</summary>
    public List<MemberConsent> Consents { get; } = [];
    public List<MemberAddress> Addresses { get; } = [];

    /// <summary>Control characters are left out: no address has them, and PostgreSQL refuses a text with NUL.</summary>
    public static string KeyOf(string email) => string.Concat(email.Trim().Where(c => !char.IsControl(c))).ToLowerInvariant();
    public static string SearchTextOf(string email, string name) => $"{email} {name}".ToLowerInvariant();

    /// <summary>Replaces the addresses as a whole. An id that is not the member's own could be another person's: it gets a new one.</summary>
    public void Replace(IReadOnlyList<Address> addresses)
    {
        Addresses.RemoveAll(mine => addresses.All(a => a.Id != mine.Id));
        foreach (var address in addresses)
        {
            var mine = Addresses.Find(a => a.Id == address.Id);
            if (mine is null) Addresses.Add(mine = new() { Id = Guid.CreateVersion7() });
            mine.Take(address);
        }
    }

    /// <summary>What the newest record of a consent says; false while there is none.</summary>
    public bool HasGiven(string consent) => Consents.Where(c => c.Name == consent).MaxBy(c => c.Id)?.Given is true;

    public Me AsMe() => new(Id, Email, EmailVerifiedAt is not null, Name, Language, IsStaff, MemberSince,
        [.. Consents.OrderBy(c => c.Id).GroupBy(c => c.Name).Select(g => g.Last()).Select(c => new ConsentRecord(c.Name, c.Version, c.Given, c.At))],
        [.. Addresses.OrderByDescending(a => a.IsDefault).ThenBy(a => a.Id).Select(a => a.AsView())], GraceEndsAt);
}

/// <summary>A consent as it was given or refused.</summary>
sealed class MemberConsent
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }
    public required string Version { get; init; }
    public bool Given { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>A delivery address.</summary>
sealed class MemberAddress
{
    public Guid Id { get; init; }
    public string Label { get; private set; } = "";
    public string Name { get; private set; } = "";
    public string Phone { get; private set; } = "";
    public string PostalCode { get; private set; } = "";
    public string Address1 { get; private set; } = "";
    public string Address2 { get; private set; } = "";
    public bool IsDefault { get; private set; }

    public void Take(Address address) => (Label, Name, Phone, PostalCode, Address1, Address2, IsDefault) =
        (address.Label.Trim(), address.Name.Trim(), address.Phone.Trim(), address.PostalCode.Trim(), address.Address1.Trim(), address.Address2.Trim(), address.IsDefault);

    public Address AsView() => new(Id, Label, Name, Phone, PostalCode, Address1, Address2, IsDefault);
}

/// <summary>Names as others may see them.</summary>
static class MaskedName
{
    /// <summary>First and last letter stay, as Korean shops do: 김철수 is 김*수.</summary>
    public static string Of(string name)
    {
        var letters = name.Trim().EnumerateRunes().ToList();
        return letters.Count switch
        {
            0 or 1 => "*",
            2 => $"{letters[0]}*",
            _ => $"{letters[0]}{new string('*', letters.Count - 2)}{letters[^1]}",
        };
    }
}
