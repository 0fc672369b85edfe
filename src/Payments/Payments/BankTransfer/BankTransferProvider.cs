using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Jangteo.Orders.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>
/// The shop's own bank account. Nobody can be asked there: deposits are entered from the statement and matched, and money goes
/// back by hand. So a refund is refused, which puts it before staff, who say when they have sent it.
/// </summary>
sealed class BankTransferProvider(IServiceProvider services, IOptions<BankTransferOptions> account) : IPaymentProvider
{
    public const string ProviderName = "bank-transfer";

    // Without the characters that are mistaken for one another.
    const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    public string Name => ProviderName;

    public IReadOnlyList<string> Methods { get; } = [PaymentMethods.BankTransfer];

    public bool MustBeAsked => false;

    /// <summary>Tells where to pay. What a buyer was told stays, when the shop changes its account later.</summary>
    public void Instruct(Payment payment)
    {
        (payment.AccountBank, payment.AccountNumber, payment.AccountHolder) = (account.Value.Bank, account.Value.AccountNumber, account.Value.Holder);
        payment.DepositCode = RandomNumberGenerator.GetString(Alphabet, Deposit.CodeLength);
    }

    public Task<ProviderAnswer> OpenPage(ProviderRequest request, CancellationToken ct) => Refuse("no-page");
    public Task<ProviderAnswer> Charge(ProviderRequest request, CancellationToken ct) => Refuse("method-not-offered");
    public Task<ProviderAnswer> Confirm(ProviderRequest request, CancellationToken ct) => Refuse("not-authorised");
    public Task<ProviderAnswer> Refund(ProviderRequest request, CancellationToken ct) => Refuse(Refunding.ByHand);
    public Task<ProviderAnswer> Void(ProviderRequest request, CancellationToken ct) => Task.FromResult<ProviderAnswer>(new ProviderAnswer.Voided());
    public Task<ProviderAnswer> Find(ProviderRequest request, CancellationToken ct) => Task.FromResult<ProviderAnswer>(new ProviderAnswer.Waiting(false, 0, null));

    static Task<ProviderAnswer> Refuse(string reason) => Task.FromResult<ProviderAnswer>(new ProviderAnswer.Refused(reason));

    public WebhookReading Read(IHeaderDictionary headers, string body, DateTimeOffset now) => new WebhookReading.Forged();

    public async IAsyncEnumerable<ProviderTransaction> Report(DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
        await foreach (var d in db.Deposits.AsNoTracking().Where(d => d.OrderId != null && d.SettledAt >= from && d.SettledAt < until).AsAsyncEnumerable().WithCancellation(ct))
            yield return new(LedgerEntry.Capture, d.OrderId.ToString()!, d.Key, d.Amount, d.SettledAt!.Value);
    }
}
