using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jangteo.Orders.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PointsTakenBack : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_point_entries_OrderSeq_Kind",
                table: "point_entries");

            migrationBuilder.AddColumn<long>(
                name: "Refunded",
                table: "point_entries",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "Earned",
                table: "orders",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "PointsMissing",
                table: "orders",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateIndex(
                name: "IX_point_entries_OrderSeq_Kind_Refunded",
                table: "point_entries",
                columns: new[] { "OrderSeq", "Kind", "Refunded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_orders_PointsMissing",
                table: "orders",
                column: "PointsMissing",
                filter: "\"PointsMissing\" > 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_point_entries_OrderSeq_Kind_Refunded",
                table: "point_entries");

            migrationBuilder.DropIndex(
                name: "IX_orders_PointsMissing",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "Refunded",
                table: "point_entries");

            migrationBuilder.DropColumn(
                name: "Earned",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "PointsMissing",
                table: "orders");

            migrationBuilder.CreateIndex(
                name: "IX_point_entries_OrderSeq_Kind",
                table: "point_entries",
                columns: new[] { "OrderSeq", "Kind" },
                unique: true);
        }
    }
}
