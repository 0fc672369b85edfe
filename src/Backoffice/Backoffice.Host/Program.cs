using Jangteo.Backoffice;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Backoffice", args);
builder.AddBackoffice();
var app = builder.BuildService();
app.MapBackoffice();
await app.RunService();
