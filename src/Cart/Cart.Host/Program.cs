using Jangteo.Cart;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Cart", args);
builder.AddCart();
var app = builder.BuildService();
app.MapCart();
await app.RunService();
