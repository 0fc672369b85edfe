using Jangteo.Platform;
using Jangteo.Storefront;

var builder = ServiceHost.CreateBuilder("Storefront", args);
builder.AddStorefront();
var app = builder.BuildService();
app.MapStorefront();
await app.RunService();
