using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Jangteo.Platform;

/// <summary>An amount of money in integer minor units (won for KRW, cents for USD) of an ISO 4217 currency.</summary>
/// <param name="Amount">Minor units; whole won for KRW, which has none smaller.</param>
/// <param name="Currency">The three-letter ISO 4217 code.</param>
public readonly record struct Money(
    long Amount,
    [property: StringLength(3, MinimumLength = 3)] string Currency)
{
    /// <summary>Korean won, the mall's default currency.</summary>
    public static Money Won(long amount) => new(amount, "KRW");

    /// <summary>Adds two amounts of one currency.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static Money operator +(Money left, Money right) => left with { Amount = checked(left.Amount + left.Same(right).Amount) };

    /// <summary>Subtracts an amount of the same currency.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator -(Money left, Money right) => left with { Amount = checked(left.Amount - left.Same(right).Amount) };

    /// <summary>The price of several.</summary>
    /// <exception cref="OverflowException">The product does not fit.</exception>
    public static Money operator *(Money price, int quantity) => price with { Amount = checked(price.Amount * quantity) };

    /// <summary>True when nothing is owed.</summary>
    [JsonIgnore]
    public bool IsZero => Amount == 0;

    /// <inheritdoc />
    public override string ToString() => $"{Amount} {Currency}";

    Money Same(Money other) => other.Currency == Currency
        ? other
        : throw new InvalidOperationException($"Cannot mix {Currency} and {other.Currency}.");
}
