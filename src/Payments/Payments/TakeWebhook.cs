using System.ComponentModel.DataAnnotations;
using System.Text;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Payments;

/// <summary>
/// POST /api/payments/webhooks/{provider}: the provider's notice. It is only a hint to ask where the payment stands, so one
/// that comes twice, late or out of order changes nothing.
/// </summary>
static class TakeWebhook
{
    const int MaxBodyBytes = 64 * 1024;

    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/webhooks/{provider}", Handle)
        .AllowAnonymous().WithName("payments-webhook").WithSummary("The provider's notice: 200 taken, 202 not about us, 400 stale, 401 forged.");

    static async Task<Results<Ok, Accepted, ProblemHttpResult>> Handle([StringLength(50)] string provider, HttpRequest request,
        IServiceProvider services, PaymentsDb db, ProviderTraffic traffic, TimeProvider time, CancellationToken ct)
    {
        if (services.GetKeyedService<IPaymentProvider>(provider) is not { } adapter) return Problems.NotFound("provider");
        if (await Body(request, ct) is not { } body) return Problems.Of(413, "too-large", "The request body is too large.");
        return adapter.Read(request.Headers, body, time.GetUtcNow()) switch
        {
            WebhookReading.Notice notice => await Take(provider, notice, db, traffic, ct),
            WebhookReading.Other => TypedResults.Accepted((string?)null),
            WebhookReading.Unusable unusable => Problems.Invalid("body", unusable.Why),
            _ => Problems.Of(401, "unauthenticated", "The signature is not the provider's."),
        };
    }

    static async Task<Results<Ok, Accepted, ProblemHttpResult>> Take(string provider, WebhookReading.Notice notice, PaymentsDb db, ProviderTraffic traffic, CancellationToken ct)
    {
        Results<Ok, Accepted, ProblemHttpResult> answer = TypedResults.Accepted((string?)null);
        if (!Guid.TryParse(notice.Reference, out var orderId)) return answer;
        await db.Unit(async () =>
        {
            if (await db.Hold(orderId, ct) is not { } payment || payment.Provider != provider || payment.ProviderKey != (notice.ProviderKey ?? payment.ProviderKey)) return;
            answer = TypedResults.Ok();
            // Once it is captured or off, our own calls tell what happens.
            if (payment.Status != PaymentStatus.Open) return;
            // Where notices are not signed anybody may send them: two questions under way are enough, and the second sees what the first missed.
            var finds = db.Calls.Where(c => c.OrderId == orderId && c.Kind == CallKind.Find);
            if (await finds.CountAsync(c => c.NextTryAt != null, ct) > 1) return;
            var last = notice.IsSigned ? null : await finds.OrderByDescending(c => c.CreatedAt).Select(c => (DateTimeOffset?)c.CreatedAt).FirstOrDefaultAsync(ct);
            traffic.FindSeldom(db, payment, last);
            await db.SaveChangesAsync(ct);
        }, ct);
        return answer;
    }

    static async Task<string?> Body(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBodyBytes) return null;
        var buffer = new byte[MaxBodyBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length > MaxBodyBytes ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }
}
