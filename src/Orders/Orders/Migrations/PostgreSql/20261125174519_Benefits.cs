using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Jangteo.Orders.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Benefits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Discounts",
                table: "orders",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "coupons",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Code = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    AmountOff = table.Column<long>(type: "bigint", nullable: true),
                    PercentOff = table.Column<int>(type: "integer", nullable: true),
                    MostOff = table.Column<long>(type: "bigint", nullable: true),
                    MinSubtotal = table.Column<long>(type: "bigint", nullable: false),
                    ValidFrom = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ValidUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    TotalLimit = table.Column<int>(type: "integer", nullable: true),
                    MemberLimit = table.Column<int>(type: "integer", nullable: false),
                    IsPublic = table.Column<bool>(type: "boolean", nullable: false),
                    Used = table.Column<int>(type: "integer", nullable: false),
                    StoppedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_coupons", x => x.Seq);
                    table.UniqueConstraint("AK_coupons_Code", x => x.Code);
                    table.CheckConstraint("ck_coupons_off", "(\"AmountOff\" IS NULL) <> (\"PercentOff\" IS NULL)");
                    table.CheckConstraint("ck_coupons_used", "\"Used\" >= 0 AND \"Used\" <= \"TotalLimit\"");
                    table.CheckConstraint("ck_coupons_valid", "\"ValidFrom\" < \"ValidUntil\"");
                });

            migrationBuilder.CreateTable(
                name: "point_balances",
                columns: table => new
                {
                    MemberId = table.Column<Guid>(type: "uuid", nullable: false),
                    Balance = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_point_balances", x => x.MemberId);
                    table.CheckConstraint("ck_point_balances", "\"Balance\" >= 0");
                });

            migrationBuilder.CreateTable(
                name: "point_entries",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    MemberId = table.Column<Guid>(type: "uuid", nullable: false),
                    Change = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    OrderSeq = table.Column<long>(type: "bigint", nullable: true),
                    Reason = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    By = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_point_entries", x => x.Seq);
                    table.CheckConstraint("ck_point_entries_change", "\"Change\" <> 0");
                    table.ForeignKey(
                        name: "FK_point_entries_orders_OrderSeq",
                        column: x => x.OrderSeq,
                        principalTable: "orders",
                        principalColumn: "Seq",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "coupon_box",
                columns: table => new
                {
                    MemberId = table.Column<Guid>(type: "uuid", nullable: false),
                    Code = table.Column<string>(type: "character varying(20)", nullable: false),
                    Limit = table.Column<int>(type: "integer", nullable: false),
                    Used = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_coupon_box", x => new { x.MemberId, x.Code });
                    table.CheckConstraint("ck_coupon_box_used", "\"Used\" >= 0 AND \"Used\" <= \"Limit\"");
                    table.ForeignKey(
                        name: "FK_coupon_box_coupons_Code",
                        column: x => x.Code,
                        principalTable: "coupons",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "coupon_uses",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Code = table.Column<string>(type: "character varying(20)", nullable: false),
                    MemberId = table.Column<Guid>(type: "uuid", nullable: false),
                    OrderSeq = table.Column<long>(type: "bigint", nullable: true),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Change = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_coupon_uses", x => x.Seq);
                    table.ForeignKey(
                        name: "FK_coupon_uses_coupon_box_MemberId_Code",
                        columns: x => new { x.MemberId, x.Code },
                        principalTable: "coupon_box",
                        principalColumns: new[] { "MemberId", "Code" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_coupon_uses_orders_OrderSeq",
                        column: x => x.OrderSeq,
                        principalTable: "orders",
                        principalColumn: "Seq",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "IX_coupon_box_Code",
                table: "coupon_box",
                column: "Code");

            migrationBuilder.CreateIndex(
                name: "IX_coupon_uses_MemberId_Code",
                table: "coupon_uses",
                columns: new[] { "MemberId", "Code" });

            migrationBuilder.CreateIndex(
                name: "IX_coupon_uses_OrderSeq_Kind",
                table: "coupon_uses",
                columns: new[] { "OrderSeq", "Kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_point_entries_MemberId_Seq",
                table: "point_entries",
                columns: new[] { "MemberId", "Seq" });

            migrationBuilder.CreateIndex(
                name: "IX_point_entries_OrderSeq_Kind",
                table: "point_entries",
                columns: new[] { "OrderSeq", "Kind" },
                unique: true);

            migrationBuilder.Sql(BenefitTables.PostgreSql);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "coupon_uses");

            migrationBuilder.DropTable(
                name: "point_balances");

            migrationBuilder.DropTable(
                name: "point_entries");

            migrationBuilder.DropTable(
                name: "coupon_box");

            migrationBuilder.DropTable(
                name: "coupons");

            migrationBuilder.DropColumn(
                name: "Discounts",
                table: "orders");
        }
    }
}
