using Jangteo.Identity;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Identity", args);
builder.AddIdentity();
var app = builder.BuildService();
app.MapIdentity();
await app.RunService();
