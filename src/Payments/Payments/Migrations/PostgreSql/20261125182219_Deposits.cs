using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jangteo.Payments.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Deposits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "AccountBank",
                table: "payments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AccountHolder",
                table: "payments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AccountNumber",
                table: "payments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DepositCode",
                table: "payments",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "deposits",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    ReceivedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Depositor = table.Column<string>(type: "text", nullable: false),
                    Reference = table.Column<string>(type: "text", nullable: false),
                    Line = table.Column<string>(type: "text", nullable: false),
                    Status = table.Column<string>(type: "text", nullable: false),
                    OrderId = table.Column<Guid>(type: "uuid", nullable: true),
                    Why = table.Column<string>(type: "text", nullable: false),
                    Note = table.Column<string>(type: "text", nullable: false),
                    SettledBy = table.Column<Guid>(type: "uuid", nullable: true),
                    SettledAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Amount_Amount = table.Column<long>(type: "bigint", nullable: false),
                    Amount_Currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deposits", x => x.Id);
                    table.CheckConstraint("ck_amount", "\"Amount_Amount\" > 0");
                    table.CheckConstraint("ck_matched", "(\"Status\" = 'Matched') = (\"OrderId\" IS NOT NULL)");
                });

            migrationBuilder.CreateIndex(
                name: "IX_payments_DepositCode",
                table: "payments",
                column: "DepositCode",
                filter: "\"DepositCode\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_deposits_Line",
                table: "deposits",
                column: "Line",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_deposits_OrderId",
                table: "deposits",
                column: "OrderId",
                unique: true,
                filter: "\"OrderId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_deposits_Status_ReceivedAt",
                table: "deposits",
                columns: new[] { "Status", "ReceivedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deposits");

            migrationBuilder.DropIndex(
                name: "IX_payments_DepositCode",
                table: "payments");

            migrationBuilder.DropColumn(
                name: "AccountBank",
                table: "payments");

            migrationBuilder.DropColumn(
                name: "AccountHolder",
                table: "payments");

            migrationBuilder.DropColumn(
                name: "AccountNumber",
                table: "payments");

            migrationBuilder.DropColumn(
                name: "DepositCode",
                table: "payments");
        }
    }
}
