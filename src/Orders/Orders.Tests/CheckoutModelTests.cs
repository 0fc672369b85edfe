using CsCheck;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using static Jangteo.Orders.Contracts.OrderStatus;

namespace Jangteo.Orders.Tests;

/// <summary>
/// The checkout among a simple Inventory, a simple Payments and people who act at any moment. Messages overtake one
/// another, come again and come late; whatever happens, the end is consistent.
/// </summary>
public class CheckoutModelTests
{
    [Fact]
    public void Ends_consistent_however_messages_are_ordered_repeated_and_late() =>
        Gen.Int[0, 1_049].Array[0, 80].Sample(choices => new World().Run(choices), iter: 20_000);

    sealed class World
    {
        static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

        readonly Order _order = OrderTests.Placed(discounts: new("CODE", new("", ""), 3_000, 2_000));
        readonly List<IMessage> _waiting = [];
        readonly List<IMessage> _delivered = [];
        readonly List<IMessage> _sent = [];
        string _stock = "none", _payment = "none";
        bool _captureHeard, _saleFailed;
        OrderStatus? _refundedWhen;

        public void Run(int[] choices)
        {
            Send(_order.ReserveStock());
            foreach (var choice in choices)
            {
                Act(choice % 21, choice / 21);
                Assert.True(_captureHeard || _order.Status is Placed or AwaitingPayment or Cancelled, "Confirmed without a capture.");
            }
            Settle();
            SendAll(_order.Expired(Now));
            Settle();
            Check();
        }

        void Act(int what, int which)
        {
            switch (what)
            {
                case < 8 when _waiting.Count > 0: Deliver(Take(_waiting, which % _waiting.Count)); break;
                case 8 or 9 when _delivered.Count > 0: Deliver(_delivered[which % _delivered.Count]); break;
                case 10 or 11 when _payment == "open": Capture(); break;
                // The provider had taken the money when it was asked to void.
                case 12 when _payment == "voided after opening": Capture(); break;
                case 13 when _payment == "open": Send(new PaymentDeclined(_order.Id, "no-funds", Final: which % 2 == 0)); if (which % 2 == 0) _payment = "declined"; break;
                case 14 when _stock == "reserved": _stock = "released"; Send(new ReservationExpired(_order.Id)); break;
                case 15: SendAll(_order.Expired(Now)); break;
                case 16: SendAll(_order.Cancel(asStaff: which % 2 == 0, CancelReasons.Buyer, Now)); break;
                case 17: SendAll(_order.Prepare(Now)); break;
                case 18: SendAll(_order.Ship(new("CJ", "123456"), Now)); break;
                case 19: SendAll(which % 2 == 0 ? _order.Deliver(Now) : _order.Complete(new(), Now)); break;
                // Staff refund all of it and do not cancel it.
                case 20 when _payment == "captured": RefundAll(); break;
            }
        }

        void Deliver(IMessage message)
        {
            _delivered.Add(message);
            switch (message)
            {
                case ReserveStock when _stock == "none": _stock = _delivered.Count % 7 == 0 ? "rejected" : "reserved"; Send(_stock == "reserved" ? new StockReserved(_order.Id) : new StockRejected(_order.Id, [])); break;
                case SellStock when _stock == "reserved": _stock = "sold"; break;
                case SellStock when _stock != "sold": Send(new StockSaleFailed(_order.Id, [])); break;
                case ReleaseStock: _stock = "released"; break;
                case RequestPayment when _payment == "none": _payment = "open"; break;
                case CancelPayment when _payment == "captured": RefundAll(); break;
                case CancelPayment when _payment == "open": _payment = "voided after opening"; break;
                case CancelPayment when _payment == "none": _payment = "voided"; break;
                case StockReserved: SendAll(_order.StockReserved(Now)); break;
                case StockRejected: SendAll(_order.StockLacking([], Now)); break;
                case StockSaleFailed: _saleFailed = true; SendAll(_order.StockLacking([], Now)); break;
                case ReservationExpired: SendAll(_order.Expired(Now)); break;
                case PaymentCaptured m: _captureHeard = true; SendAll(_order.PaymentCaptured(m.Amount, Now)); break;
                case PaymentDeclined m: SendAll(_order.PaymentDeclined(m.Reason, m.Final, Now)); break;
                case PaymentRefunded m: _refundedWhen ??= _order.Status; SendAll(_order.PaymentRefunded(m.RefundedTotal, 0, Now)); break;
            }
        }

        void Capture()
        {
            _payment = "captured";
            Send(new PaymentCaptured(_order.Id, _order.Total));
        }

        void RefundAll()
        {
            _payment = "refunded";
            Send(new PaymentRefunded(_order.Id, Guid.NewGuid(), _order.Total, _order.Total, ""));
        }

        void Settle()
        {
            for (var steps = 0; _waiting.Count > 0; steps++)
            {
                Assert.True(steps < 1_000, "The messages never end.");
                Deliver(Take(_waiting, 0));
            }
        }

        void Check()
        {
            // What was taken is given back once, when the order is off or was refunded, and not otherwise; what was earned before the refund is taken back.
            var undone = _order.Status is Cancelled || _refundedWhen is not null;
            Assert.Equal(undone ? ["used", "restored"] : ["used"], _order.CouponUses!.Select(u => u.Kind));
            string[] earned = _order.Status is Completed && _refundedWhen is null or Completed ? ["earned"] : [], takenBack = _refundedWhen is Completed ? ["taken-back"] : [];
            Assert.Equal(["spent", .. earned, .. undone ? ["restored"] : Array.Empty<string>(), .. takenBack], _order.PointEntries!.Select(e => e.Kind));
            var confirmations = _sent.OfType<OrderConfirmed>().Count();
            var cancellations = _sent.OfType<OrderCancelled>().ToList();
            Assert.InRange(confirmations, 0, 1);
            if (_order.Status is Cancelled)
            {
                Assert.Equal(confirmations == 1, Assert.Single(cancellations).WasConfirmed);
                Assert.DoesNotContain(_payment, new[] { "open", "captured" });
                Assert.DoesNotContain(_stock, new[] { "reserved", "sold" });
                Assert.Equal(_payment == "refunded" ? _order.Total : Money.Won(0), _order.Refunded);
                return;
            }
            Assert.Equal(1, confirmations);
            Assert.Empty(cancellations);
            // What was refunded before it left the house stays there.
            Assert.True(_refundedWhen is null or >= Shipped, $"{_order.Status}, though all of it was refunded when {_refundedWhen}.");
            Assert.Equal(_refundedWhen is null ? ("captured", Money.Won(0)) : ("refunded", _order.Total), (_payment, _order.Refunded));
            // What has left the house in spite of a failed sale stays out of the house.
            Assert.True(_stock == "sold" || _saleFailed && _order.Status >= Shipped, $"{_order.Status} with its stock {_stock}.");
            Assert.Equal(_saleFailed, _order.StockMissingSince is not null);
        }

        void SendAll(IMessage[]? messages)
        {
            foreach (var message in messages ?? []) Send(message);
        }

        void Send(IMessage message)
        {
            _sent.Add(message);
            _waiting.Add(message);
        }

        static IMessage Take(List<IMessage> from, int index)
        {
            var message = from[index];
            from.RemoveAt(index);
            return message;
        }
    }
}
