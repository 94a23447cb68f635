CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "email" TEXT NOT NULL UNIQUE, "password" TEXT NOT NULL);
CREATE TABLE "Category" ("id" TEXT PRIMARY KEY, "name" TEXT NOT NULL, "parentId" TEXT REFERENCES "Category" ("id"));
CREATE TABLE "Product" ("id" TEXT PRIMARY KEY, "sku" TEXT NOT NULL UNIQUE, "name" TEXT NOT NULL, "priceCents" INTEGER NOT NULL, "categoryId" TEXT NOT NULL REFERENCES "Category" ("id"));
CREATE TABLE "Order" ("id" TEXT PRIMARY KEY, "userId" TEXT NOT NULL REFERENCES "User" ("id"), "status" TEXT NOT NULL, "createdAt" TIMESTAMP NOT NULL DEFAULT now());
CREATE TABLE "OrderLine" ("id" TEXT PRIMARY KEY, "orderId" TEXT NOT NULL REFERENCES "Order" ("id"), "productId" TEXT NOT NULL REFERENCES "Product" ("id"), "quantity" INTEGER NOT NULL);
