using Jangteo.Platform;
using Jangteo.SandboxPay;

var builder = ServiceHost.CreateBuilder("SandboxPay", args);
builder.AddSandboxPay();
var app = builder.BuildService();
app.MapSandboxPay();
await app.RunService();
