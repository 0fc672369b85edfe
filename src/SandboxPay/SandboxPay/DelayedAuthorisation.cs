using Jangteo.Platform;

namespace Jangteo.SandboxPay;

/// <summary>The issuer of a slow card answers now.</summary>
sealed record IssuerAnswers(string PaymentKey) : IMessage
{
    string IMessage.Key => PaymentKey;
}

/// <summary>Ends the wait for a slow card, whether or not the payer still looks at the page.</summary>
sealed class DelayedAuthorisation(SandboxPayDb db, WebhookSender webhooks) : IHandle<IssuerAnswers>
{
    public async Task Handle(IssuerAnswers message, CancellationToken ct)
    {
        if (await db.Hold(message.PaymentKey, ct) is not { } payment || !payment.FinishAuthorisation()) return;
        webhooks.Enqueue(db, payment, "payment.authorised");
    }
}
