using Jangteo.Inventory;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Inventory", args);
builder.AddInventory();
var app = builder.BuildService();
app.MapInventory();
await app.RunService();
