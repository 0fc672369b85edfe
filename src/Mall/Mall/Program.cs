using Jangteo.Mall;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Mall", args);
builder.AddMall();
var app = builder.BuildService();
app.MapMall();
await app.RunService();
