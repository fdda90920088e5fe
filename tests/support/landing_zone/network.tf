# A VPC without an internet gateway. Subnets have tags, by which environments find them.

locals {
  zones = ["${var.region}a", "${var.region}b"]
}

resource "aws_vpc" "company" {
  cidr_block           = "10.80.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "company" }
}

resource "aws_subnet" "data" {
  for_each          = { for index, zone in local.zones : zone => index }
  vpc_id            = aws_vpc.company.id
  availability_zone = each.key
  cidr_block        = "10.80.${each.value}.0/24"
  tags              = { Name = "data-${each.key}", tier = "data" }
}

resource "aws_subnet" "compute" {
  for_each          = { for index, zone in local.zones : zone => index }
  vpc_id            = aws_vpc.company.id
  availability_zone = each.key
  cidr_block        = "10.80.${16 * (each.value + 1)}.0/20"
  tags              = { Name = "compute-${each.key}", tier = "compute" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.company.id
  tags   = { Name = "private" }
}

resource "aws_route_table_association" "private" {
  for_each = merge(
    { for zone, subnet in aws_subnet.data : "data-${zone}" => subnet.id },
    { for zone, subnet in aws_subnet.compute : "compute-${zone}" => subnet.id },
  )
  subnet_id      = each.value
  route_table_id = aws_route_table.private.id
}

output "vpc_id" {
  value = aws_vpc.company.id
}

output "data_subnet_ids" {
  value = [for zone in local.zones : aws_subnet.data[zone].id]
}

output "compute_subnet_ids" {
  value = [for zone in local.zones : aws_subnet.compute[zone].id]
}
