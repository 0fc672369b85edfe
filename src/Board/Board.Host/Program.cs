using Jangteo.Board;
using Jangteo.Platform;

var builder = ServiceHost.CreateBuilder("Board", args);
builder.AddBoard();
var app = builder.BuildService();
app.MapBoard();
await app.RunService();
