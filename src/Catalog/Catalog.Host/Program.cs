using Jangteo.Catalog;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Catalog", args);
builder.AddCatalog();
var app = builder.BuildService();
app.MapCatalog();
await app.RunService();
