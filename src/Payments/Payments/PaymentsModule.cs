using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Payments;

/// <summary>Payments at a glance: what it stores, whom it hears, whom it asks, what it serves.</summary>
public static class PaymentsModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddPayments(this WebApplicationBuilder builder)
    {
        builder.AddModule<PaymentsDb>("payments").Subscribe<OrderPayments>("orders");
        builder.Services.AddOptions<PaymentsOptions>().BindConfiguration("Payments").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddValidation();
        builder.AddProviders();
        builder.Services.AddSingleton<PaymentsQueries>().AddSingleton<ProviderTraffic>();
        if (ServiceHost.IsBuildingApiDocuments) return;
        builder.Services.AddHostedService(services => services.GetRequiredService<ProviderTraffic>());
        builder.Services.AddHostedService<Reconciler>();
    }

    /// <summary>Maps the module's routes.</summary>
    public static void MapPayments(this WebApplication app)
    {
        var payments = app.MapModule<PaymentsDb>("payments").WithTags("Payments");
        GetPayment.Map(payments);
        StartPayment.Map(payments);
        ConfirmPayment.Map(payments);
        TakeWebhook.Map(payments);
        RefundPayment.Map(payments);
        ReviewPayments.Map(payments);
        OfferMethods.Map(payments);
        EnterDeposits.Map(payments);
        ListDeposits.Map(payments);
        SettleDeposit.Map(payments);
        DecideReview.Map(payments);
        ExplainPayment.Map(payments);
        Reconcile.Map(payments);
        RepairDifference.Map(payments);
    }
}
