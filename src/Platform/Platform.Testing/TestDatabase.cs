using Npgsql;

namespace Jangteo.Platform.Testing;

/// <summary>A PostgreSQL database of a test's own, on the server that <c>./mall test</c> starts.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    TestDatabase(string connectionString) => ConnectionString = connectionString;

    /// <summary>For the setting <c>ConnectionStrings:{module}</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Names a new database; the module makes it at its start.</summary>
    public static TestDatabase New() => new($"{Server};Database=test_{Guid.NewGuid():N}");

    /// <summary>The server, from <c>JANGTEO_TEST_POSTGRES</c>.</summary>
    public static string Server => Environment.GetEnvironmentVariable("JANGTEO_TEST_POSTGRES") is { Length: > 0 } server
        ? server
        : throw new InvalidOperationException("JANGTEO_TEST_POSTGRES names no server: run the tests with ./mall test, which starts one.");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await using var source = NpgsqlDataSource.Create($"{Server};Database=postgres;Pooling=false");
        await using var command = source.CreateCommand($"DROP DATABASE IF EXISTS \"{new NpgsqlConnectionStringBuilder(ConnectionString).Database}\" WITH (FORCE)");
        await command.ExecuteNonQueryAsync();
    }
}
