using Jangteo.Identity.Members;
using Jangteo.Platform;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Jangteo.Identity.Logins;

/// <summary>Hashes and checks passwords with ASP.NET Core Identity's hasher (PBKDF2-HMAC-SHA512, a salt each).</summary>
sealed class Passwords
{
    const int MaxWaiting = 200;

    readonly PasswordHasher<Member> _hasher;
    readonly Lazy<string> _nobodys;

    // Hashing takes a core for 20 ms by design: a flood of logins must not take all cores from the shop.
    readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount));
    int _waiting;

    public Passwords(IOptions<IdentityOptions> options)
    {
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
        _nobodys = new(() => _hasher.HashPassword(null!, Guid.NewGuid().ToString()));
    }

    /// <summary>The hash to keep.</summary>
    public Task<string> Hash(string password, CancellationToken ct) => OnACore(() => _hasher.HashPassword(null!, password), ct);

    /// <summary>Compares. For an unknown account (null) it takes the same time and fails.</summary>
    public async Task<PasswordVerificationResult> Verify(string? hash, string password, CancellationToken ct)
    {
        var result = await OnACore(() => _hasher.VerifyHashedPassword(null!, hash ?? _nobodys.Value, password), ct);
        return hash is null ? PasswordVerificationResult.Failed : result;
    }

    async Task<T> OnACore<T>(Func<T> work, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new TimeoutException("Too many passwords are waiting to be checked.");
        }
        try
        {
            await _cores.WaitAsync(ct);
            try
            {
                return await Task.Run(work, ct);
            }
            finally
            {
                _cores.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
