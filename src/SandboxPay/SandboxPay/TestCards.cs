namespace Jangteo.SandboxPay;

/// <summary>What a test card does.</summary>
enum CardBehaviour
{
    Success,
    Declined,
    InsufficientFunds,
    Delayed,
    TimesOut,
    NotifiesTwice,
    NotifiesLate,
}

/// <summary>The cards that work here. Any other number is declined, and no number is ever stored.</summary>
static class TestCards
{
    public static readonly IReadOnlyList<(string Number, CardBehaviour Behaviour, string Korean, string English)> All =
    [
        ("4242424242424242", CardBehaviour.Success, "승인", "Approved"),
        ("4000000000000002", CardBehaviour.Declined, "카드사 거절", "Declined by the issuer"),
        ("4000000000009995", CardBehaviour.InsufficientFunds, "잔액 부족", "Insufficient funds"),
        ("4000000000005100", CardBehaviour.Delayed, "승인까지 5초 지연", "Authorised after 5 seconds"),
        ("4000000000005209", CardBehaviour.TimesOut, "승인되지만 응답 없음", "Charged, but the answer is lost"),
        ("4000000000005308", CardBehaviour.NotifiesTwice, "알림을 두 번 보냄", "Notifies twice"),
        ("4000000000005407", CardBehaviour.NotifiesLate, "알림이 늦게 도착", "Notifies late"),
    ];

    public static CardBehaviour? BehaviourOf(string number)
    {
        foreach (var card in All)
            if (card.Number == number) return card.Behaviour;
        return null;
    }

    /// <summary>The stable reason of a card that declines; null for one that pays.</summary>
    public static string? DeclineOf(CardBehaviour? behaviour) => behaviour switch
    {
        null => "unknown-card",
        CardBehaviour.Declined => "card-declined",
        CardBehaviour.InsufficientFunds => "insufficient-funds",
        _ => null,
    };
}
