namespace Jangteo.Mall.Tests;

/// <summary>Who asks: nobody known, the owner of the thing asked for, another member, staff, a service.</summary>
public enum Who { Nobody, Owner, Other, Staff, Service }

/// <summary>A route of the public API and the status that each caller gets.</summary>
public sealed record Route(string Method, string Path, int Nobody, int Owner, int Other, int Staff, int Service)
{
    public string Name => $"{Method} {Path}";

    public int For(Who who) => who switch { Who.Nobody => Nobody, Who.Owner => Owner, Who.Other => Other, Who.Staff => Staff, _ => Service };
}

/// <summary>
/// Every route of all seven modules, in the order in which the test asks. The order asked for, the post (a secret
/// question), its comments and the payment are the owner's; nothing is there for another, so that is 404 and not 403.
/// </summary>
public static class Routes
{
    public static readonly string[] Modules = ["identity", "catalog", "inventory", "cart", "orders", "payments", "board"];

    public static readonly Route[] All =
    [
        .. Modules.SelectMany<string, Route>(module =>
        [
            new("GET", $"/feeds/{module}", Nobody: 401, Owner: 403, Other: 403, Staff: 403, Service: 200),
            new("GET", $"/api/{module}/parked", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
            new("POST", $"/api/{module}/parked/{{id}}/drop", Nobody: 401, Owner: 403, Other: 403, Staff: 404, Service: 403), // nothing is parked
            new("POST", $"/api/{module}/parked/{{id}}/replay", Nobody: 401, Owner: 403, Other: 403, Staff: 404, Service: 403), // nothing is parked
        ]),

        new("GET", "/api/catalog/products", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/catalog/products/{product}", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/catalog/categories", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/catalog/pictures/{name}/{width}.webp", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/catalog/exports", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/catalog/products", Nobody: 401, Owner: 403, Other: 403, Staff: 201, Service: 403),
        new("PUT", "/api/catalog/products/{id}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("DELETE", "/api/catalog/products/{id}", Nobody: 401, Owner: 403, Other: 403, Staff: 204, Service: 403),
        new("PUT", "/api/catalog/categories/{slug}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("DELETE", "/api/catalog/categories/{slug}", Nobody: 401, Owner: 403, Other: 403, Staff: 204, Service: 403),
        new("POST", "/api/catalog/pictures", Nobody: 401, Owner: 403, Other: 403, Staff: 201, Service: 403),
        new("POST", "/api/catalog/imports", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),

        new("GET", "/api/inventory/stock", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/inventory/low-stock", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/inventory/adjustments", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/inventory/adjustments", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/inventory/reservations/{orderId}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),

        // Everybody has a cart of their own, a guest too.
        new("GET", "/api/cart", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("PUT", "/api/cart/lines/{sku}", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("DELETE", "/api/cart/lines/{sku}", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),

        new("POST", "/api/orders/quote", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("PUT", "/api/orders/{id}", Nobody: 401, Owner: 202, Other: 404, Staff: 404, Service: 403), // the owner's id: for the owner a repeat
        new("GET", "/api/orders/{id}", Nobody: 401, Owner: 200, Other: 404, Staff: 200, Service: 403),
        new("GET", "/api/orders", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("GET", "/api/orders/staff", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/orders/reviews", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/orders/{id}/path", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/{id}/decisions", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/{id}/cancel", Nobody: 401, Owner: 200, Other: 404, Staff: 200, Service: 403),
        new("POST", "/api/orders/{id}/prepare", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/{id}/ship", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/{id}/deliver", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/{id}/complete", Nobody: 401, Owner: 200, Other: 404, Staff: 404, Service: 403), // the buyer alone accepts

        // Staff make the coupon that members then register; nobody sees another's coupons or points.
        new("GET", "/api/orders/staff/coupons", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("PUT", "/api/orders/staff/coupons/{code}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/staff/coupons/{code}/issues", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/orders/staff/coupon-boxes/{memberId}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/orders/coupons", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("POST", "/api/orders/coupons", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("POST", "/api/orders/staff/coupons/{code}/stop", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/orders/points", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("GET", "/api/orders/staff/points/{memberId}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/orders/staff/points/{memberId}", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),

        new("GET", "/api/payments/{orderId}", Nobody: 401, Owner: 200, Other: 404, Staff: 200, Service: 403),
        new("GET", "/api/payments/{orderId}/path", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/payments/reviews", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/payments/reviews/{id}/decisions", Nobody: 401, Owner: 403, Other: 403, Staff: 404, Service: 403), // nothing waits for staff
        new("GET", "/api/payments/reconciliations", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/payments/reconciliations", Nobody: 401, Owner: 403, Other: 403, Staff: 202, Service: 403),
        new("GET", "/api/payments/differences", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/payments/differences/{id}/decisions", Nobody: 401, Owner: 403, Other: 403, Staff: 404, Service: 403), // nothing differs
        new("POST", "/api/payments/{orderId}/start", Nobody: 401, Owner: 200, Other: 404, Staff: 404, Service: 403), // nobody pays for another
        new("POST", "/api/payments/{orderId}/confirm", Nobody: 401, Owner: 200, Other: 404, Staff: 404, Service: 403),
        new("POST", "/api/payments/{orderId}/refunds", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/payments/methods", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/payments/deposits", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/payments/deposits", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/payments/deposits/{id}/match", Nobody: 401, Owner: 403, Other: 403, Staff: 404, Service: 403), // there is no such deposit
        new("POST", "/api/payments/deposits/{id}/return", Nobody: 401, Owner: 403, Other: 403, Staff: 404, Service: 403),
        new("POST", "/api/payments/webhooks/{provider}", Nobody: 401, Owner: 401, Other: 401, Staff: 401, Service: 401), // only the provider can sign

        new("GET", "/api/board/reviewable", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("GET", "/api/board/products/{productId}/reviews", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("GET", "/api/board/{board}/posts", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("POST", "/api/board/{board}/posts", Nobody: 401, Owner: 201, Other: 201, Staff: 201, Service: 403),
        new("GET", "/api/board/{board}/posts/{id}", Nobody: 404, Owner: 200, Other: 404, Staff: 200, Service: 404),
        new("PATCH", "/api/board/{board}/posts/{id}", Nobody: 401, Owner: 200, Other: 404, Staff: 403, Service: 403), // staff do not put words into a mouth
        new("POST", "/api/board/{board}/posts/{id}/comments", Nobody: 401, Owner: 200, Other: 404, Staff: 200, Service: 403),
        new("POST", "/api/board/{board}/posts/{id}/reports", Nobody: 401, Owner: 204, Other: 404, Staff: 204, Service: 403),
        new("DELETE", "/api/board/{board}/posts/{id}/comments/{commentId}", Nobody: 401, Owner: 200, Other: 404, Staff: 200, Service: 403),
        new("DELETE", "/api/board/{board}/posts/{id}", Nobody: 401, Owner: 204, Other: 404, Staff: 204, Service: 403),

        new("POST", "/api/identity/members", Nobody: 201, Owner: 201, Other: 201, Staff: 201, Service: 201),
        new("GET", "/api/identity/members", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("GET", "/api/identity/mails", Nobody: 401, Owner: 403, Other: 403, Staff: 200, Service: 403),
        new("POST", "/api/identity/verifications", Nobody: 409, Owner: 409, Other: 409, Staff: 409, Service: 409), // a token that nobody was sent
        new("POST", "/api/identity/me/verification-mail", Nobody: 401, Owner: 202, Other: 202, Staff: 409, Service: 403), // staff are verified
        new("POST", "/api/identity/login", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200),
        new("POST", "/api/identity/refresh", Nobody: 200, Owner: 200, Other: 200, Staff: 200, Service: 200), // the refresh token says who
        new("POST", "/api/identity/logout", Nobody: 204, Owner: 204, Other: 204, Staff: 204, Service: 204),
        new("GET", "/api/identity/me", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("PATCH", "/api/identity/me", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("GET", "/api/identity/me/sessions", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
        new("DELETE", "/api/identity/me/sessions/{id}", Nobody: 401, Owner: 204, Other: 404, Staff: 404, Service: 403),
        new("POST", "/api/identity/me/withdrawal", Nobody: 401, Owner: 200, Other: 200, Staff: 409, Service: 403), // staff are let go by the shop
        new("DELETE", "/api/identity/me/withdrawal", Nobody: 401, Owner: 200, Other: 200, Staff: 200, Service: 403),
    ];
}
