using Jangteo.Gateway;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Gateway", args);
builder.AddGateway();
var app = builder.BuildService();
app.MapGateway();
await app.RunService();
