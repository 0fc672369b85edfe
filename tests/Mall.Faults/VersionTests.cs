using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Jangteo.Mall.Faults;

/// <summary>While a release rolls out, the old version works on the new one's tables: it neither names new columns nor can it miss what it knows.</summary>
public class VersionTests
{
    public static TheoryData<string> Modules => [.. MallParts.All.Select(p => p.Name).Where(name => MigrationsOf(name).Count > 0)];

    static List<Type> MigrationsOf(string module) =>
        [.. MallParts.All.Single(p => p.Name == module).Add.Method.DeclaringType!.Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Migration)) && !t.IsAbstract)];

    [Theory, MemberData(nameof(Modules))]
    public void No_migration_takes_away_what_the_version_before_it_reads_or_asks_for_what_it_does_not_write(string module)
    {
        foreach (var type in MigrationsOf(module))
        {
            var migration = (Migration)Activator.CreateInstance(type)!;
            migration.ActiveProvider = type.Namespace!.EndsWith("Sqlite", StringComparison.Ordinal) ? "Microsoft.EntityFrameworkCore.Sqlite" : "Npgsql.EntityFrameworkCore.PostgreSQL";
            foreach (var operation in migration.UpOperations)
            {
                Assert.False(operation is DropColumnOperation or RenameColumnOperation or DropTableOperation or RenameTableOperation, $"{type.FullName}: {operation.GetType().Name}");
                if (operation is AddColumnOperation added) Assert.True(added.IsNullable || added.DefaultValue is not null || added.DefaultValueSql is not null, $"{type.FullName}: {added.Table}.{added.Name} is asked for");
            }
        }
    }
}
