using System.Text;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Payments.Tests;

/// <summary>How an order is paid at a provider: as much as the contract of all adapters has to know.</summary>
public abstract class WayToPay(ProviderStandIn provider)
{
    /// <summary>What every order of the contract costs.</summary>
    public const long Won = 30_000;

    public ProviderStandIn Provider => provider;
    public virtual (string, string)[] Settings => [];
    public abstract string Method { get; }

    /// <summary>What no line of a log may hold.</summary>
    public abstract string[] Secrets { get; }

    /// <summary>The provider sends no money back: each refund comes to staff.</summary>
    public virtual bool IsRefundedByHand => false;

    /// <summary>Waits until the payer can do their part, and gives where.</summary>
    internal abstract Task<string> Ready(Till till, Guid order);

    /// <summary>The payer does their part, if they still can. When it is not heard, the first word of it gets lost on the way to us.</summary>
    internal abstract Task Pays(Till till, Guid order, string where, bool heard = true);

    /// <summary>Somebody tells us, once more.</summary>
    internal abstract Task Tells(Till till, Guid order, string where);

    /// <summary>The provider takes another amount than it was asked to.</summary>
    internal virtual Task Misprice(Till till, Guid order, long more) => provider.Misprice(till, order, more);

    /// <summary>A notice that is not the provider's.</summary>
    internal virtual HttpRequestMessage Forge(Guid order, string where) => provider.Forge(order, provider.KeyOf(where));
}

/// <summary>On the provider's page; the payer may come back to ours.</summary>
public sealed class CardWay(ProviderStandIn provider, params string[] secrets) : WayToPay(provider)
{
    public override string Method => PaymentMethods.Card;
    public override string[] Secrets => secrets;

    internal override async Task<string> Ready(Till till, Guid order) => (await till.Member().Start(order)).Required.RedirectUrl;

    internal override Task Pays(Till till, Guid order, string where, bool heard = true) => till.PayAt(where, heard ? Payer.NotifiesTwice : Payer.LosesTheAnswer);

    internal override Task Tells(Till till, Guid order, string where) => till.Member().Confirm(order, new(Provider.KeyOf(where), Money.Won(Won)));
}

/// <summary>Into an account that Toss Payments opened for the order (가상계좌).</summary>
public sealed class VirtualAccountWay() : WayToPay(new TossStandIn())
{
    TossStandIn Toss => (TossStandIn)Provider;

    public override string Method => PaymentMethods.VirtualAccount;
    public override string[] Secrets => [TossStandIn.SecretKey, TossStandIn.AccountSecret];
    public override bool IsRefundedByHand => true;

    internal override async Task<string> Ready(Till till, Guid order) =>
        (await Eventually.Sees(async () => (await till.Member().Get(order)).Required, p => p.Deposit is not null)).Deposit!.AccountNumber;

    internal override Task Pays(Till till, Guid order, string where, bool heard = true) => Task.FromResult(Toss.Deposit(order, heard));

    internal override Task Tells(Till till, Guid order, string where) => Toss.TellOfDeposit(order);

    internal override HttpRequestMessage Forge(Guid order, string where) => Provider.Forge(order, Toss.AccountOf(order));
}

/// <summary>Into the shop's own account (무통장입금): the word is the line of the statement that staff enter.</summary>
public sealed class BankTransferWay() : WayToPay(new SandboxPayStandIn())
{
    const string Depositor = "김하나";

    static readonly DateTimeOffset ReceivedAt = DateTimeOffset.UnixEpoch.AddSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    long _more;

    public override (string, string)[] Settings => [("Payments:BankTransfer:Bank", "국민은행"), ("Payments:BankTransfer:AccountNumber", "123-45-678901"), ("Payments:BankTransfer:Holder", "장터")];
    public override string Method => PaymentMethods.BankTransfer;
    public override string[] Secrets => [Depositor];
    public override bool IsRefundedByHand => true;

    internal override async Task<string> Ready(Till till, Guid order) => (await till.Member().Get(order)).Required.Deposit!.Code;

    internal override async Task Pays(Till till, Guid order, string where, bool heard = true)
    {
        await Tells(till, order, where);
        // Whoever does not know whether the line was entered enters it again.
        if (!heard) await Tells(till, order, where);
    }

    internal override Task Tells(Till till, Guid order, string where) => till.Staff.EnterDeposits([new(ReceivedAt, Money.Won(Won + _more), $"{Depositor} {where}", "")]);

    internal override Task Misprice(Till till, Guid order, long more)
    {
        _more = more;
        return Task.CompletedTask;
    }

    internal override HttpRequestMessage Forge(Guid order, string where) =>
        new(HttpMethod.Post, $"/api/payments/webhooks/{BankTransferProvider.ProviderName}") { Content = new StringContent($$"""{"orderId":"{{order}}","code":"{{where}}"}""", Encoding.UTF8, "application/json") };
}
