using Jangteo.Payments;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Payments", args);
builder.AddPayments();
var app = builder.BuildService();
app.MapPayments();
await app.RunService();
