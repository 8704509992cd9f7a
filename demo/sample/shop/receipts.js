const orders = new Map([["1001", { customer: { name: "Ada" }, total: 4200 }], ["1002", { total: 1900 }]]);

/** The receipt of an order; an order without a customer breaks it. */
function receiptOf(number) {
  const order = orders.get(number);
  return { number, name: order.customer.name, total: order.total };
}

module.exports = { receiptOf };
