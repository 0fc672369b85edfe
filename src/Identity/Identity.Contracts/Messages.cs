using Jangteo.Platform;

namespace Jangteo.Identity.Contracts;

/// <summary>Somebody signed up.</summary>
/// <param name="MaskedName">The name others may see, for example 김*수.</param>
public sealed record MemberRegistered(Guid MemberId, string MaskedName, DateTimeOffset At) : IMessage
{
    string IMessage.Key => MemberId.ToString();
}

/// <summary>A member's shown name changed.</summary>
public sealed record MemberRenamed(Guid MemberId, string MaskedName, DateTimeOffset At) : IMessage
{
    string IMessage.Key => MemberId.ToString();
}

/// <summary>A member withdrew and can undo it until the grace period ends.</summary>
public sealed record MemberWithdrawn(Guid MemberId, DateTimeOffset At, DateTimeOffset GraceEndsAt) : IMessage
{
    string IMessage.Key => MemberId.ToString();
}

/// <summary>The withdrawal was undone in time.</summary>
public sealed record WithdrawalUndone(Guid MemberId, DateTimeOffset At) : IMessage
{
    string IMessage.Key => MemberId.ToString();
}

/// <summary>The grace period is over: every module erases what it holds of the member, save what the law asks it to keep.</summary>
public sealed record MemberErased(Guid MemberId, DateTimeOffset At) : IMessage
{
    string IMessage.Key => MemberId.ToString();
}
