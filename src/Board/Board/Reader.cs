using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>Who reads, and in which language names without an owner are written.</summary>
sealed record Reader(Caller Caller, bool English)
{
    public bool IsStaff => Caller.IsStaff;
    public Guid? MemberId => Caller.MemberId;

    public static ValueTask<Reader> BindAsync(HttpContext http) => ValueTask.FromResult<Reader>(
        new(Caller.Of(http.User), http.Request.Headers.AcceptLanguage.ToString().StartsWith("en", StringComparison.OrdinalIgnoreCase)));

    /// <summary>The masked names of the writers of a page.</summary>
    public async Task<Authors> Authors(BoardDb db, IEnumerable<Guid?> members, CancellationToken ct)
    {
        var asked = members.OfType<Guid>().Distinct().ToList();
        var names = asked.Count == 0 ? [] : await db.Members.AsNoTracking().Where(m => asked.Contains(m.Id) && m.MaskedName != null).ToDictionaryAsync(m => m.Id, m => m.MaskedName!, ct);
        return new(names, English);
    }
}

/// <summary>The names that readers see.</summary>
sealed record Authors(Dictionary<Guid, string> Names, bool English)
{
    /// <summary>Staff speak for the shop, so the shop's name stands there and not their own.</summary>
    public string Of(Guid? member, bool byStaff, string? givenName = null) => (byStaff, givenName, member) switch
    {
        (true, _, _) => English ? "Jangteo" : "장터",
        (_, { } name, _) => name,
        (_, _, null) => English ? "former member" : "탈퇴한 회원",
        (_, _, { } id) => Names.GetValueOrDefault(id) ?? (English ? "member" : "회원"),
    };
}
