namespace Jangteo.Storefront;

/// <summary>Every text the shop shows. A language is one derived class; a missing text does not compile.</summary>
public abstract class Texts
{
    // Shop
    public abstract string ShopName { get; }
    public abstract string ShopTagline { get; }
    public abstract string ShopDescription { get; }
    public abstract string SkipToContent { get; }
    public abstract string OtherLanguage { get; }
    public abstract string Home { get; }
    public abstract string Search { get; }
    public abstract string SearchProducts { get; }
    public abstract string SearchPlaceholder { get; }
    public abstract string AllCategories { get; }
    public abstract string Categories { get; }
    public abstract string YouAreHere { get; }
    public abstract string Account { get; }
    public abstract string Products { get; }
    public abstract string MyMenu { get; }
    public abstract string Shortcuts { get; }
    public abstract string Information { get; }
    public abstract string Login { get; }
    public abstract string Logout { get; }
    public abstract string SignUp { get; }
    public abstract string Cart { get; }
    public abstract string MyPage { get; }
    public abstract string MyShort { get; }
    public abstract string Orders { get; }
    public abstract string OrderLookup { get; }
    public abstract string Boards { get; }
    public abstract string SeeAll { get; }
    public abstract string Save { get; }
    public abstract string Cancel { get; }
    public abstract string Delete { get; }
    public abstract string Edit { get; }
    public abstract string Send { get; }
    public abstract string Change { get; }
    public abstract string Optional { get; }
    public abstract string HelloName(string name);

    // Footer
    public abstract string Terms { get; }
    public abstract string Privacy { get; }
    public abstract string CompanyLabel { get; }
    public abstract string RepresentativeLabel { get; }
    public abstract string RegistrationLabel { get; }
    public abstract string MailOrderLabel { get; }
    public abstract string AddressLabel { get; }
    public abstract string PrivacyOfficerLabel { get; }
    public abstract string HostedByLabel { get; }
    public abstract string PublicRecord { get; }
    public abstract string CustomerCentre { get; }
    public abstract string CustomerHours { get; }
    public abstract string DemonstrationNote { get; }

    // Home
    public abstract string HeroEyebrow { get; }
    public abstract string HeroTitleFirst { get; }
    public abstract string HeroTitleSecond { get; }
    public abstract string HeroText { get; }
    public abstract string HeroNew { get; }
    public abstract string HeroAll { get; }
    public abstract string NewProducts { get; }
    public abstract string Discounted { get; }
    public abstract string BestReviewed { get; }
    public abstract string PromiseDelivery(string freeFrom);
    public abstract string PromiseDeliveryText { get; }
    public abstract string PromiseReturn { get; }
    public abstract string PromiseReturnText { get; }
    public abstract string PromisePayment { get; }
    public abstract string PromisePaymentText { get; }

    // Listing
    public abstract string Filters { get; }
    public abstract string Brand { get; }
    public abstract string Price { get; }
    public abstract string LowestPrice { get; }
    public abstract string HighestPrice { get; }
    public abstract string Lowest { get; }
    public abstract string Highest { get; }
    public abstract string PriceFrom(string least);
    public abstract string PriceUpTo(string most);
    public abstract string InStockOnly { get; }
    public abstract string Apply { get; }
    public abstract string ClearFilters { get; }
    public abstract string RemoveFilter(string name);
    public abstract string Sort { get; }
    public abstract string SortRelevance { get; }
    public abstract string SortNewest { get; }
    public abstract string SortPrice { get; }
    public abstract string SortPriceDescending { get; }
    public abstract string SortName { get; }
    public abstract string ProductCount(long count);
    public abstract string SearchTitle(string query);
    public abstract string NothingFound { get; }
    public abstract string NothingFoundText { get; }
    public abstract string NextPage { get; }
    public abstract string FirstPage { get; }
    public abstract string SoldOut { get; }
    public abstract string UsualPrice { get; }
    public abstract string SalePrice { get; }
    public abstract string ListUnavailable { get; }

    // Product
    public abstract string RatingLabel(string average);
    public abstract string ReviewCount(int count);
    public abstract string NoReviewsShort { get; }
    public abstract string DeliveryFee { get; }
    public abstract string DeliveryFeeRule(string fee, string freeFrom);
    public abstract string DeliveryTime { get; }
    public abstract string DeliveryTimeText { get; }
    public abstract string ChooseOption { get; }
    public abstract string OptionLabel { get; }
    public abstract string OptionSoldOut { get; }
    public abstract string FewLeft(string left);
    public abstract string Quantity { get; }
    public abstract string QuantityOf(string name);
    public abstract string Less { get; }
    public abstract string More { get; }
    public abstract string TotalOfProducts { get; }
    public abstract string AddToCart { get; }
    public abstract string AddToCartAsk { get; }
    public abstract string BuyNow { get; }
    public abstract string AddedToCart { get; }
    public abstract string ProductGone { get; }
    public abstract string ProductInformation { get; }
    public abstract string Description { get; }
    public abstract string Reviews { get; }
    public abstract string Questions { get; }
    public abstract string LegalNoticeShort { get; }
    public abstract string LegalNotice { get; }
    public abstract string ReturnsTitle { get; }
    public abstract string ReturnsPeriod { get; }
    public abstract string ReturnsPeriodText { get; }
    public abstract string ReturnsCost { get; }
    public abstract string ReturnsCostText { get; }
    public abstract string ReturnsLimits { get; }
    public abstract string ReturnsLimitsText { get; }
    public abstract string ReturnsContact { get; }
    public abstract string PictureNumber(int number);
    public abstract string StockUnknown { get; }
    public abstract string ReviewsUnavailable { get; }
    public abstract string QuestionsUnavailable { get; }
    public abstract string NoReviews { get; }
    public abstract string NoReviewsText { get; }
    public abstract string NoQuestions { get; }
    public abstract string WriteReview { get; }
    public abstract string AskQuestion { get; }
    public abstract string VerifiedPurchase { get; }
    public abstract string ShopReply { get; }
    public abstract string Answered { get; }
    public abstract string Waiting { get; }
    public abstract string SecretPost { get; }
    public abstract string SecretPostHidden { get; }
    public abstract string StarsOf(int stars);
    public abstract string MoreReviews { get; }
    public abstract string MoreQuestions { get; }

    // Cart
    public abstract string CartEmpty { get; }
    public abstract string CartEmptyText { get; }
    public abstract string GoShopping { get; }
    public abstract string CartUnavailable { get; }
    public abstract string CartUnavailableText { get; }
    public abstract string PriceChangedLine(string before, string now);
    public abstract string StockShort(int left);
    public abstract string LineSoldOut { get; }
    public abstract string LineGone { get; }
    public abstract string CartFull { get; }
    public abstract string OrderHoldsTooMany(int most);
    public abstract string LineRemoved { get; }
    public abstract string QuantityInvalid { get; }
    public abstract string QuantityChanged { get; }
    public abstract string PaymentAmount { get; }
    public abstract string ProductsTotal { get; }
    public abstract string Free { get; }
    public abstract string TotalToPay { get; }
    public abstract string OrderTotal { get; }
    public abstract string UntilFreeDelivery(string amount);
    public abstract string OrderCount(int count);
    public abstract string OrderNeedsFix { get; }
    public abstract string StepsOfOrder { get; }
    public abstract string StepCart { get; }
    public abstract string StepCheckout { get; }
    public abstract string StepDone { get; }

    // Checkout
    public abstract string Checkout { get; }
    public abstract string ShipTo { get; }
    public abstract string SavedAddress { get; }
    public abstract string NewAddress { get; }
    public abstract string Recipient { get; }
    public abstract string Phone { get; }
    public abstract string PostalCode { get; }
    public abstract string AddressLine { get; }
    public abstract string AddressDetail { get; }
    public abstract string AddressNameLabel { get; }
    public abstract string DeliveryRequest { get; }
    public abstract string Email { get; }
    public abstract string PaymentMethod { get; }
    public abstract string PayByCard { get; }
    public abstract string PayByCardText { get; }
    public abstract string PayInstantly { get; }
    public abstract string PayInstantlyText { get; }
    public abstract string PayByTransfer { get; }
    public abstract string PayByTransferText { get; }
    public abstract string PayByAccount { get; }
    public abstract string PayByAccountText { get; }
    public abstract string DepositTitle { get; }
    public abstract string DepositText { get; }
    public abstract string DepositBank { get; }
    public abstract string DepositAccount { get; }
    public abstract string DepositHolder { get; }
    public abstract string DepositAmount { get; }
    public abstract string DepositCode { get; }
    public abstract string DepositUntil { get; }
    public abstract string DepositLate { get; }
    public abstract string OrderedProducts { get; }
    public abstract string AgreeToOrder { get; }
    public abstract string PayAmount(string amount);
    public abstract string CheckoutPriceChanged(string before, string now);
    public abstract string CheckoutTooLittle { get; }
    public abstract string CheckoutNoLongerSold { get; }
    public abstract string CheckoutRefused { get; }
    public abstract string OrderStandsUnchanged { get; }
    public abstract string SaveThisAddress { get; }

    // Coupons and points
    public abstract string CouponsAndPoints { get; }
    public abstract string Coupon { get; }
    public abstract string NoCoupon { get; }
    public abstract string CouponOff { get; }
    public abstract string CouponCode { get; }
    public abstract string CouponCodeHint { get; }
    public abstract string Points { get; }
    public abstract string PointsOff { get; }
    public abstract string PointsHint(string balance, string most);
    public abstract string PointsTooFew(string balance, string minimum);
    public abstract string ApplyDiscounts { get; }
    public abstract string EarnsPoints(string points);
    public abstract string PointsInUnits(string unit, string minimum);
    public abstract string PointsShort(string balance);
    public abstract string PointsTooMany(string most);
    public abstract string DiscountsChanged { get; }
    public abstract string CouponRegistered { get; }
    public abstract string RegisterCoupon { get; }
    public abstract string MyCoupons { get; }
    public abstract string BenefitsUnavailable { get; }
    public abstract string NoCoupons { get; }
    public abstract string MyPoints { get; }
    public abstract string NoPoints { get; }
    public abstract string PointsNow { get; }
    public abstract string PointsRule(string minimum, string unit, int percent);
    public abstract string OlderEntries { get; }
    public abstract string CouponFrom(string minimum);
    public abstract string CouponUpTo(string most);
    public abstract string CouponUntil(string day);
    public abstract string CouponUsesLeft(int uses);
    public abstract string OffAmount(string off);
    public abstract string CartCoupons(int coupons, string points);
    public abstract string CartCouponsText { get; }
    public abstract string DiscountsGivenBack { get; }
    public abstract string CouponRefused(string reason);
    public abstract string PointKind(string kind);

    // Orders
    public abstract string OrderDetail { get; }
    public abstract string OrderNumber { get; }
    public abstract string OrderHistory { get; }
    public abstract string EventPlaced { get; }
    public abstract string EventStockReserved { get; }
    public abstract string EventPaymentDeclined { get; }
    public abstract string EventRefunded { get; }
    public abstract string EventShipmentCorrected { get; }
    public abstract string CancelledBuyer { get; }
    public abstract string CancelledStaff { get; }
    public abstract string CancelledOutOfStock { get; }
    public abstract string CancelledDeclined { get; }
    public abstract string CancelledExpired { get; }
    public abstract string PayBefore(string time);
    public abstract string OrderPreparing { get; }
    public abstract string NoOrders { get; }
    public abstract string NoOrdersText { get; }
    public abstract string OlderOrders { get; }
    public abstract string OrdersUnavailable { get; }
    public abstract string OrdersUnavailableText { get; }
    public abstract string AndMore(string name, int more);
    public abstract string StatusPlaced { get; }
    public abstract string StatusAwaitingPayment { get; }
    public abstract string StatusConfirmed { get; }
    public abstract string StatusPreparing { get; }
    public abstract string StatusShipped { get; }
    public abstract string StatusDelivered { get; }
    public abstract string StatusCompleted { get; }
    public abstract string StatusCancelled { get; }
    public abstract string Courier { get; }
    public abstract string TrackingNumber { get; }
    public abstract string PayNow { get; }
    public abstract string CancelOrder { get; }
    public abstract string CancelOrderAsk { get; }
    public abstract string OrderCancelled { get; }
    public abstract string OrderNotCancellable { get; }
    public abstract string ConfirmPurchase { get; }
    public abstract string PurchaseConfirmed { get; }
    public abstract string OrderDoneTitle { get; }
    public abstract string OrderDoneText { get; }
    public abstract string OrderWaitTitle { get; }
    public abstract string OrderWaitText { get; }
    public abstract string OrderStockWaitText { get; }
    public abstract string OrderStoppedTitle { get; }
    public abstract string OrderStoppedText { get; }
    public abstract string PaymentNotDone { get; }
    public abstract string PaymentDeclined { get; }
    public abstract string PaymentUnavailable { get; }
    public abstract string PaymentSlow { get; }
    public abstract string ContinueShopping { get; }
    public abstract string CheckAgain { get; }
    public abstract string AmountPaid { get; }
    public abstract string AmountRefunded { get; }

    // Members
    public abstract string MemberSince { get; }
    public abstract string Verified { get; }
    public abstract string ResendVerification { get; }
    public abstract string VerificationSent { get; }
    public abstract string LastUsed { get; }
    public abstract string LabelExample { get; }
    public abstract string MyInformation { get; }
    public abstract string MyAddresses { get; }
    public abstract string MySessions { get; }
    public abstract string Withdrawal { get; }
    public abstract string Name { get; }
    public abstract string Password { get; }
    public abstract string ChangePassword { get; }
    public abstract string SavedChanges { get; }
    public abstract string MarketingConsent { get; }
    public abstract string AddAddress { get; }
    public abstract string AddressesFull(int most);
    public abstract string NoAddresses { get; }
    public abstract string DefaultAddress { get; }
    public abstract string MakeDefault { get; }
    public abstract string EndSession { get; }
    public abstract string SessionEnded { get; }
    public abstract string SessionSince { get; }
    public abstract string NoSessions { get; }
    public abstract string WithdrawalText { get; }
    public abstract string WithdrawalGrace { get; }
    public abstract string WithdrawalPassword { get; }
    public abstract string WithdrawalReason { get; }
    public abstract string WithdrawalAgree { get; }
    public abstract string Withdraw { get; }
    public abstract string WithdrawalPending(string date);
    public abstract string UndoWithdrawal { get; }
    public abstract string WithdrawalUndone { get; }
    public abstract string WrongPassword { get; }
    public abstract string StaffCannotWithdraw { get; }
    public abstract string EmailUnverified { get; }
    public abstract string IdentityUnavailable { get; }

    // Boards
    public abstract string BoardNotice { get; }
    public abstract string BoardQuestions { get; }
    public abstract string BoardReviews { get; }
    public abstract string BoardFree { get; }
    public abstract string Write { get; }
    public abstract string WritePost { get; }
    public abstract string EditPost { get; }
    public abstract string Title { get; }
    public abstract string Body { get; }
    public abstract string BodyHint { get; }
    public abstract string Stars { get; }
    public abstract string Secret { get; }
    public abstract string SearchPosts { get; }
    public abstract string SearchPostsPlaceholder { get; }
    public abstract string NoPosts { get; }
    public abstract string NoPostsFound { get; }
    public abstract string NoPostsText { get; }
    public abstract string NewerPosts { get; }
    public abstract string OlderPosts { get; }
    public abstract string BoardUnavailable { get; }
    public abstract string BoardUnavailableText { get; }
    public abstract string CommentCount(int count);
    public abstract string WriteComment { get; }
    public abstract string LoginToWrite { get; }
    public abstract string LoginAgain { get; }
    public abstract string Report { get; }
    public abstract string ReportAsk { get; }
    public abstract string Reported { get; }
    public abstract string PostDeleted { get; }
    public abstract string TryOtherWords { get; }
    public abstract string CommentDeleted { get; }
    public abstract string Publish { get; }
    public abstract string PostSaved { get; }
    public abstract string CommentSaved { get; }
    public abstract string DeleteAsk { get; }
    public abstract string ToList { get; }
    public abstract string AboutProduct { get; }
    public abstract string Operator { get; }
    public abstract string HiddenPost { get; }
    public abstract string ReviewAlreadyWritten { get; }
    public abstract string ReviewNothingBought { get; }
    public abstract string ReviewWhich { get; }
    public abstract string QuestionNeedsProduct { get; }
    public abstract string Pinned { get; }
    public abstract string DeleteCommentAsk { get; }
    public abstract string Edited { get; }

    // Forms
    public abstract string CheckYourInput { get; }
    public abstract string FieldRequired { get; }
    public abstract string FieldInvalid { get; }
    public abstract string FieldTooLong(int most);
    public abstract string PhoneInvalid { get; }
    public abstract string PostalCodeInvalid { get; }
    public abstract string MustAgree { get; }
    public abstract string TooManyTries { get; }
    public abstract string TryAgain { get; }

    // Errors
    public abstract string NotFoundTitle { get; }
    public abstract string NotFoundText { get; }
    public abstract string UnavailableTitle { get; }
    public abstract string UnavailableText { get; }
    public abstract string ErrorTitle { get; }
    public abstract string ErrorText { get; }
    public abstract string ForbiddenTitle { get; }
    public abstract string ForbiddenText { get; }
    public abstract string BadRequestTitle { get; }
    public abstract string BadRequestText { get; }
    public abstract string GoHome { get; }

    /// <summary>What a form calls a field, in the order of the forms; nothing for one whose error says it.</summary>
    public (int Order, string Label) Field(string name)
    {
        (string Name, string Label)[] fields =
        [
            ("Label", AddressNameLabel), ("Recipient", Recipient), ("Phone", Phone), ("PostalCode", PostalCode), ("Address", AddressLine), ("Detail", AddressDetail),
            ("Request", DeliveryRequest), ("Coupon", Coupon), ("CouponCode", CouponCode), ("Code", CouponCode), ("Points", Points), ("PaymentMethod", PaymentMethod),
            ("Bought", ReviewWhich), ("Stars", Stars), ("Title", Title), ("Body", Body), ("Name", Name), ("Password", Password),
            ("Comment", WriteComment), ("Reason", ReportAsk),
        ];
        var order = Array.FindIndex(fields, field => field.Name == name[(name.LastIndexOf('.') + 1)..]);
        return order < 0 ? (int.MaxValue, "") : (order, fields[order].Label);
    }
}
