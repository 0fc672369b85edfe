using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jangteo.Identity.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class SignedOutSessions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "SignedOut",
                table: "sessions",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "Stamp",
                table: "sessions",
                type: "uuid",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "SignedOut",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "Stamp",
                table: "sessions");
        }
    }
}
