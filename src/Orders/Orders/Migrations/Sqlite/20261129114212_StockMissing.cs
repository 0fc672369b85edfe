using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jangteo.Orders.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class StockMissing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "StockMissingSince",
                table: "orders",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_orders_StockMissingSince",
                table: "orders",
                column: "StockMissingSince",
                filter: "\"StockMissingSince\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_orders_StockMissingSince",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "StockMissingSince",
                table: "orders");
        }
    }
}
