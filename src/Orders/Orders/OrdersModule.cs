using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Orders;

/// <summary>Orders at a glance: what it stores, what it hears, what it serves. It asks nobody.</summary>
public static class OrdersModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddOrders(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidation();
        builder.Services.AddOptions<OrdersOptions>().BindConfiguration("Orders").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<DeliveryOptions>().BindConfiguration("Orders:Delivery").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<PointsOptions>().BindConfiguration("Orders:Points").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<OrdersQueries>().AddSingleton<Admission>();

        var orders = builder.AddModule<OrdersDb>("orders");
        orders.Subscribe<PriceReplica>(to: "catalog");
        orders.Subscribe<Checkout>(to: ["inventory", "payments"]);
        orders.Subscribe<MemberLeft>(to: "identity");
    }

    /// <summary>Maps the module's routes.</summary>
    public static void MapOrders(this WebApplication app)
    {
        var orders = app.MapModule<OrdersDb>("orders").WithTags("Orders");
        QuoteOrder.Map(orders);

        var own = orders.MapGroup("").RequireAuthorization(Policies.Member);
        PlaceOrder.Map(own);
        ListOrders.Map(own);
        CancelOrder.Map(own);
        CompleteOrder.Map(own);
        CouponBox.Map(own);
        PointHistory.Map(own);

        var staff = orders.MapGroup("").RequireAuthorization(Policies.Staff);
        StaffOrders.Map(staff);
        FulfilOrder.Map(staff);
        ReviewOrders.Map(staff);
        DecideOrder.Map(staff);
        ExplainOrder.Map(staff);
        StaffCoupons.Map(staff);
        StaffPoints.Map(staff);
    }
}
