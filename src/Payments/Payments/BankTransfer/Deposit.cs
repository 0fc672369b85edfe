using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;

namespace Jangteo.Payments;

/// <summary>To ourselves: the law no longer asks to keep a deposit, unless it is an order's, with which it goes.</summary>
sealed record DepositKept(Guid DepositId) : IMessage
{
    string IMessage.Key => DepositId.ToString();
}

/// <summary>Money that came into the shop's account. Which order it is for is either certain or for people to say; it is never guessed.</summary>
sealed class Deposit
{
    public const int CodeLength = 6;

    /// <summary>Records of payments: 전자상거래법 시행령 제6조 (Enforcement Decree of the E-Commerce Act, article 6), five years.</summary>
    public const int KeepYears = 5;

    public Guid Id { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public Money Amount { get; init; }
    public required string Depositor { get; init; }
    public required string Reference { get; init; }

    /// <summary>What makes the statement's line this one; unique, so a statement may be entered again.</summary>
    public required string Line { get; init; }
    public DepositStatus Status { get; private set; }
    public Guid? OrderId { get; private set; }

    /// <summary>Why it was not matched by itself.</summary>
    public string Why { get; private set; } = "";
    public string Note { get; private set; } = "";

    /// <summary>Who matched or returned it; null when it matched by itself.</summary>
    public Guid? SettledBy { get; private set; }
    public DateTimeOffset? SettledAt { get; private set; }
    public int Version { get; private set; }

    /// <summary>The provider's key of the payment that it pays.</summary>
    public string Key => $"deposit:{Id}";

    /// <param name="line">The statement's line.</param>
    /// <param name="repeat">The how many-th equal line of its statement it is.</param>
    public static Deposit Of(DepositLine line, int repeat) => new()
    {
        Id = Guid.CreateVersion7(), ReceivedAt = line.ReceivedAt, Amount = line.Amount, Depositor = line.Depositor.Trim(), Reference = line.Reference.Trim(), Line = LineOf(line, repeat),
    };

    public static string LineOf(DepositLine line, int repeat) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{line.ReceivedAt.ToUnixTimeMilliseconds()}\n{line.Amount}\n{line.Depositor.Trim()}\n{line.Reference.Trim()}\n{repeat}"))));

    /// <summary>Every code that the depositor may have written, however it is spaced.</summary>
    public IEnumerable<string> Codes()
    {
        var text = string.Concat(Depositor.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit));
        return Enumerable.Range(0, Math.Max(0, text.Length - CodeLength + 1)).Select(i => text.Substring(i, CodeLength));
    }

    public bool Names(Payment payment) => payment.DepositCode is { } code && Codes().Contains(code);

    /// <summary>The payment waits for exactly this.</summary>
    public bool Fits(Payment payment) => payment is { Status: PaymentStatus.Open, IsCancelled: false } && payment.Amount == Amount;

    /// <summary>The one payment that it certainly is for; otherwise null, and why is kept.</summary>
    public Payment? Recognise(IReadOnlyList<Payment> named)
    {
        Why = named.Count == 0 ? "no-code"
            : named.Count > 1 ? "ambiguous"
            : named[0].Status != PaymentStatus.Open || ReceivedAt > named[0].ExpiresAt ? "not-open"
            : named[0].Amount != Amount ? "wrong-amount"
            : "";
        return Why.Length == 0 ? named[0] : null;
    }

    public void Match(Payment payment, Guid? by, DateTimeOffset now) => (Status, OrderId, SettledBy, SettledAt) = (DepositStatus.Matched, payment.OrderId, by, now);

    public void Return(string note, Guid by, DateTimeOffset now) => (Status, Note, SettledBy, SettledAt) = (DepositStatus.Returned, note.Trim(), by, now);

    public DepositView View(IEnumerable<Payment> payments) => new(Id, ReceivedAt, Amount, Depositor, Reference, Status, OrderId, Why, Note, Status != DepositStatus.Unmatched ? [] :
        [.. payments.Where(p => Names(p) || Fits(p)).OrderByDescending(Names).ThenBy(p => p.ExpiresAt).Take(10).Select(p => new DepositCandidate(p.OrderId, p.Title, p.DepositCode ?? "", p.Amount, p.ExpiresAt, Names(p), Fits(p)))]);
}
