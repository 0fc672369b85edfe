using Jangteo.Bench;

if (args is ["--ceiling", var port, var listFile, var pageBytes])
{
    await Ceilings.Serve(int.Parse(port), listFile, int.Parse(pageBytes));
    return;
}
if (args is ["--checkout", var shape, var duration])
{
    await new Report(double.Parse(duration)).CheckoutOnly(shape);
    return;
}
if (args is ["--guards", var measured])
{
    await new Report(double.Parse(measured)).GuardsOnly();
    return;
}
var seconds = args is ["--seconds", var given] ? double.Parse(given) : 8;
await new Report(seconds).Run();
