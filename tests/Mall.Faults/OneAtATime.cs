using Xunit.Sdk;
using Xunit.v3;

// One mall at a time: a mall is up to a dozen servers, and the machine that tests may have two cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
