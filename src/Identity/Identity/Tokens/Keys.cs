using System.Security.Cryptography;
using System.Text.Json;
using Jangteo.Platform;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Jangteo.Identity.Tokens;

/// <summary>The mall's keys as Identity's database keeps them: unreadable without the data-protection keys of the machine.</summary>
sealed class StoredKeys
{
    public required string Id { get; init; }
    public required string Protected { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Keys in use.</summary>
/// <param name="Signing">Signs tokens; its public half is at /.well-known/jwks.</param>
/// <param name="Codes">Encrypts authorization codes.</param>
/// <param name="Refresh">Authenticates refresh tokens.</param>
/// <param name="PublicJson">The key set as it is served.</param>
sealed record MallKeys(RsaSecurityKey Signing, SymmetricSecurityKey Codes, byte[] Refresh, string PublicJson)
{
    public SigningCredentials Credentials { get; } = new(Signing, SecurityAlgorithms.RsaSha256);
}

/// <summary>Makes or loads the keys at first use; all replicas share them through the database.</summary>
sealed class Keys(IServiceScopeFactory scopes, IDataProtectionProvider protection, TimeProvider time, ILogger<Keys> log)
{
    readonly SemaphoreSlim _loading = new(1);
    readonly IDataProtector _protector = protection.CreateProtector("Jangteo.Identity.Keys");

    /// <summary>The keys once they are loaded.</summary>
    public MallKeys? Loaded { get; private set; }

    public async ValueTask<MallKeys> Get(CancellationToken ct)
    {
        if (Loaded is { } loaded) return loaded;
        await _loading.WaitAsync(ct);
        try
        {
            return Loaded ??= await LoadOrMake(ct);
        }
        finally
        {
            _loading.Release();
        }
    }

    async Task<MallKeys> LoadOrMake(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        for (var attempt = 1; ; attempt++)
        {
            var known = (await db.Keys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ToListAsync(ct)).Select(Read).OfType<Secret>().ToList();
            if (known.Count > 0) return InUse(known);
            // The row's id is the same for all replicas that start at once, so that only one of them makes the keys.
            var name = $"mall-{1 + await db.Keys.CountAsync(ct)}";
            var fresh = Secret.New(name);
            db.Add(new StoredKeys { Id = name, CreatedAt = time.GetUtcNow(), Protected = _protector.Protect(JsonSerializer.Serialize(fresh)) });
            try
            {
                await db.SaveChangesAsync(ct);
                return InUse([fresh]);
            }
            // Another replica was first: its keys are everybody's.
            catch (DbUpdateException e) when (IdentityDb.IsDuplicate(e) && attempt < 3)
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    Secret? Read(StoredKeys row)
    {
        try
        {
            return JsonSerializer.Deserialize<Secret>(_protector.Unprotect(row.Protected));
        }
        catch (CryptographicException e)
        {
            log.LogWarning("The signing keys {Id} cannot be read on this machine ({Reason}); everybody has to log in again", row.Id, e.Message);
            return null;
        }
    }

    static MallKeys InUse(List<Secret> newestFirst)
    {
        var keys = newestFirst.Select(s => JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(s.Rsa().ExportParameters(false)) { KeyId = s.Id }));
        var json = JsonSerializer.Serialize(new { keys = keys.Select(k => new { kty = k.Kty, use = "sig", alg = SecurityAlgorithms.RsaSha256, kid = k.Kid, n = k.N, e = k.E }) });
        var current = newestFirst[0];
        return new(new(current.Rsa()) { KeyId = current.Id }, new(current.Codes) { KeyId = current.Id + "-codes" }, current.Refresh, json);
    }

    sealed record Secret(string Id, byte[] Signing, byte[] Codes, byte[] Refresh)
    {
        public static Secret New(string id)
        {
            using var rsa = System.Security.Cryptography.RSA.Create(2048);
            return new($"{id}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}", rsa.ExportPkcs8PrivateKey(), RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        }

        public RSA Rsa()
        {
            var rsa = System.Security.Cryptography.RSA.Create();
            rsa.ImportPkcs8PrivateKey(Signing, out _);
            return rsa;
        }
    }
}
