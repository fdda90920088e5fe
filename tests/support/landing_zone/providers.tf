# The landing zone of a company: what its platform teams create before Terrarium is deployed. Plain Terraform, without
# any code of the kit.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "region" {
  type = string
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      managed-by = "network-team"
    }
  }
}
