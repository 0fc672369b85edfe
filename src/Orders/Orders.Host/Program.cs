using Jangteo.Orders;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Orders", args);
builder.AddOrders();
var app = builder.BuildService();
app.MapOrders();
await app.RunService();
