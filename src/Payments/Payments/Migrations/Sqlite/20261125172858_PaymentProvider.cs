using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jangteo.Payments.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PaymentProvider : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Provider",
                table: "payments",
                type: "TEXT",
                nullable: false,
                defaultValue: "sandboxpay");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Provider",
                table: "payments");
        }
    }
}
