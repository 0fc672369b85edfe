using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jangteo.Payments.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Reviews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ExtraKey",
                table: "provider_calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "decisions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrderId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SubjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    About = table.Column<string>(type: "TEXT", nullable: false),
                    Action = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_decisions", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_refunds_refused",
                table: "refunds",
                column: "At",
                filter: "\"Status\" = 'Refused'");

            migrationBuilder.CreateIndex(
                name: "IX_decisions_OrderId",
                table: "decisions",
                column: "OrderId");

            migrationBuilder.CreateIndex(
                name: "IX_decisions_SubjectId",
                table: "decisions",
                column: "SubjectId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "decisions");

            migrationBuilder.DropIndex(
                name: "ix_refunds_refused",
                table: "refunds");

            migrationBuilder.DropColumn(
                name: "ExtraKey",
                table: "provider_calls");
        }
    }
}
