using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>
/// Which providers there are. New payments are opened at the one that <c>Payments:Provider</c> names; one that has settings
/// still serves the payments that were opened at it before. The settings of a provider that is not used are not looked at.
/// </summary>
static class ProviderChoice
{
    public static void AddProviders(this WebApplicationBuilder builder)
    {
        builder.AddClient<SandboxPayProvider>("sandboxpay");
        builder.Services.AddKeyedSingleton<IPaymentProvider>(SandboxPayProvider.ProviderName, (services, _) => services.GetRequiredService<SandboxPayProvider>());
        if (builder.Uses(TossProvider.ProviderName, "Toss")) builder.AddToss();
        if (builder.Uses(StripeProvider.ProviderName, "Stripe")) builder.AddStripe();
        if (builder.Configuration.GetSection("Payments:BankTransfer").Exists()) builder.AddBankTransfer();
        builder.Services.AddSingleton<Offer>();
        builder.Services.AddSingleton(services => services.GetRequiredKeyedService<IPaymentProvider>(services.GetRequiredService<IOptions<PaymentsOptions>>().Value.Provider));
    }

    static bool Uses(this WebApplicationBuilder builder, string name, string section) =>
        builder.Configuration["Payments:Provider"] == name || builder.Configuration.GetSection($"Payments:{section}").Exists();

    static void AddToss(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TossOptions>().BindConfiguration("Payments:Toss").ValidateDataAnnotations()
            .Validate<IConfiguration>((_, mall) => mall["Mall:Currency"] == "KRW", "Payments:Provider is toss, which is paid in KRW, but Mall:Currency is another.").ValidateOnStart();
        // Calls are repeated by ProviderTraffic, which knows what may be repeated, and by nobody else.
        builder.Services.AddHttpClient<TossProvider>().ConfigurePrimaryHttpMessageHandler(OwnConnections);
        builder.Services.AddKeyedSingleton<IPaymentProvider>(TossProvider.ProviderName, (services, _) => services.GetRequiredService<TossProvider>());
    }

    static void AddStripe(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StripeOptions>().BindConfiguration("Payments:Stripe").ValidateDataAnnotations()
            .Validate<IConfiguration>((_, mall) => mall["Mall:Currency"] != "MGA", "Payments:Provider is stripe, which counts MGA otherwise than ISO 4217 does.").ValidateOnStart();
        builder.Services.AddHttpClient<StripeProvider>().ConfigurePrimaryHttpMessageHandler(OwnConnections);
        builder.Services.AddKeyedSingleton<IPaymentProvider>(StripeProvider.ProviderName, (services, _) => services.GetRequiredService<StripeProvider>());
    }

    static void AddBankTransfer(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<BankTransferOptions>().BindConfiguration("Payments:BankTransfer").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<BankTransferProvider>();
        builder.Services.AddKeyedSingleton<IPaymentProvider>(BankTransferProvider.ProviderName, (services, _) => services.GetRequiredService<BankTransferProvider>());
    }

    static SocketsHttpHandler OwnConnections() => new() { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
}
