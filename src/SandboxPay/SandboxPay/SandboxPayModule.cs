using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.SandboxPay;

/// <summary>
/// A payment provider to test against, a company of its own that knows nothing of its merchants: a hosted pay page, an
/// API with a shared secret, signed webhooks, its own books, and test cards that misbehave.
/// </summary>
public static class SandboxPayModule
{
    /// <summary>Adds the provider's books, pages and webhooks to a process.</summary>
    public static void AddSandboxPay(this WebApplicationBuilder builder)
    {
        builder.AddModule<SandboxPayDb>("sandboxpay").Subscribe<DelayedAuthorisation>();
        builder.Services.AddOptions<SandboxPayOptions>().BindConfiguration("SandboxPay").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddValidation();
        builder.Services.AddSingleton<MerchantSecret>().AddSingleton<StoredCards>().AddSingleton<Mischief>();
        builder.Services.AddHttpClient(WebhookSender.Client, http => http.Timeout = WebhookSender.Timeout).UseTransportOfAddress();
        builder.Services.AddSingleton<WebhookSender>();
        if (!ServiceHost.IsBuildingApiDocuments) builder.Services.AddHostedService(services => services.GetRequiredService<WebhookSender>());
    }

    /// <summary>Maps the API below /sandbox-pay/api and the pay page below /sandbox-pay/pay.</summary>
    public static void MapSandboxPay(this WebApplication app)
    {
        // The merchant is one address with all its buyers behind it, and it has shown its secret.
        var api = app.MapGroup("/sandbox-pay/api").WithGroupName("sandboxpay").DisableRateLimiting().AddEndpointFilter<RequireMerchant>();
        var payments = api.MapGroup("").AddEndpointFilter<Misbehaves>();
        OpenPayment.Map(payments);
        ChargeStoredCard.Map(payments);
        FindPayment.Map(payments);
        ConfirmPayment.Map(payments);
        RefundPayment.Map(payments);
        VoidPayment.Map(payments);
        StoreCard.Map(api);
        Report.Map(api);
        ChooseMisbehaviour.Map(api);
        PayPage.Map(app);
    }
}
