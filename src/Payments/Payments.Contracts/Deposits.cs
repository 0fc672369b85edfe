using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;

namespace Jangteo.Payments.Contracts;

/// <summary>Where the buyer sends the money themselves (무통장입금, 가상계좌).</summary>
/// <param name="Code">What to write as the depositor, so that the deposit is recognised; empty where the account is this order's alone.</param>
/// <param name="Until">The order is cancelled when the deposit has not come by then.</param>
public sealed record DepositInstructions(string Bank, string AccountNumber, string Holder, string Code, DateTimeOffset Until);

/// <summary>What the shop has been set up for.</summary>
/// <param name="Methods">Payment methods, as an order names them.</param>
public sealed record OfferedMethods(IReadOnlyList<string> Methods);

/// <summary>Where a deposit stands.</summary>
public enum DepositStatus
{
    /// <summary>It is not known for which order it is.</summary>
    Unmatched,
    /// <summary>It paid an order.</summary>
    Matched,
    /// <summary>It was sent back.</summary>
    Returned,
}

/// <summary>A line of the bank's statement.</summary>
/// <param name="Reference">The bank's number of it, if it has one; tells deposits apart that are equal otherwise.</param>
public sealed record DepositLine(DateTimeOffset ReceivedAt, Money Amount,
    [StringLength(50, MinimumLength = 1), RegularExpression(DepositLimits.OneLine)] string Depositor,
    [StringLength(50), RegularExpression(DepositLimits.OneLineOrNothing)] string Reference = "");

/// <summary>Deposits to enter. Those that are known already stay as they are, so the same statement may be sent again.</summary>
public sealed record DepositLines([MinLength(1), MaxLength(DepositLimits.Lines)] IReadOnlyList<DepositLine> Lines);

/// <summary>What deposits may hold.</summary>
public static class DepositLimits
{
    /// <summary>The most lines at once.</summary>
    public const int Lines = 500;

    /// <summary>Text with something in it and no control characters.</summary>
    public const string OneLine = @"^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*";

    /// <summary>Text without control characters, or none.</summary>
    public const string OneLineOrNothing = @"[^\p{Cc}]*";
}

/// <summary>What became of the lines.</summary>
/// <param name="Known">Lines that had been entered before.</param>
public sealed record DepositsEntered(int Added, int Matched, int Known);

/// <summary>An order that a deposit may be for.</summary>
/// <param name="HasCode">The depositor wrote this order's code.</param>
/// <param name="Fits">It waits for exactly this amount, so it can be matched.</param>
public sealed record DepositCandidate(Guid OrderId, string Title, string Code, Money Amount, DateTimeOffset Until, bool HasCode, bool Fits);

/// <summary>A deposit.</summary>
/// <param name="Why">Why it matched no order by itself: "no-code", "ambiguous", "wrong-amount" or "not-open"; empty otherwise.</param>
/// <param name="Candidates">Of one that is unmatched.</param>
public sealed record DepositView(Guid Id, DateTimeOffset ReceivedAt, Money Amount, string Depositor, string Reference, DepositStatus Status, Guid? OrderId, string Why, string Note, IReadOnlyList<DepositCandidate> Candidates);

/// <summary>The order that a deposit is for.</summary>
public sealed record DepositMatch(Guid OrderId);

/// <summary>How a deposit went back.</summary>
public sealed record DepositReturn([StringLength(200, MinimumLength = 1), RegularExpression(DepositLimits.OneLine)] string Note);
