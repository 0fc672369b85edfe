using Jangteo.Mall.CrashHost;

// Started by Mall.Crashing: the process's name, the parts that live here, and all parts of the shop.
await CrashProcess.Run(args[0], args[1].Split(','), args[2].Split(','));
